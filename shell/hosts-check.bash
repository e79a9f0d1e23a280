#!/bin/bash
# Reads what `hosts check` wants to know of a host besides what shell/machine-facts.bash and shell/host-facts.bash tell, which follow in the same
# shell; same format, no arguments. It changes nothing and needs no root.
exec 2> /dev/null
PATH+=:/usr/local/sbin:/usr/sbin:/sbin
section() { printf '\n@@ %s\n' "$1"; }

section os
(
  . /etc/os-release
  printf '%s %s\n%s\n' "$ID" "$VERSION_ID" "$PRETTY_NAME"
)
section kernel-release
uname -r
section cpus
nproc
section rights
# A shell that reads its script from stdin must not share it with what it starts.
if [ "$(id -u)" = 0 ]; then echo root; elif sudo -n true < /dev/null; then echo sudo; fi

section tools
tool() {
  local version
  command -v "$1" > /dev/null || return
  version=$(timeout 5 "$@" < /dev/null)
  echo "$1 ${version%%$'\n'*}"
}
tool containerd --version
tool kubeadm version -o short
tool kubelet --version
tool kubectl version --client
tool conntrack --version
tool nft --version
section containerd
[ -S /run/containerd/containerd.sock ] && echo socket
# The configuration in Docker's package turns off what the kubelet speaks to.
grep -qE '^[[:space:]]*disabled_plugins[[:space:]]*=.*cri"' /etc/containerd/config.toml && echo no-cri
section cni-plugins
for name in bridge ptp host-local loopback portmap; do [ -x "/opt/cni/bin/$name" ] && echo "$name"; done
section cni-configs
for path in /etc/cni/net.d/*.conf*; do [ -e "$path" ] && echo "${path##*/}"; done
section node-files
for path in /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf; do [ -e "$path" ] && echo "$path"; done
section swaps
{
  read -r _
  while read -r name _; do echo "$name"; done
} < /proc/swaps
section hosts-check-end
