#!/bin/bash
# UPSTREAMS PLACE...
# Reads what `doctor` wants to know besides the host facts (shell/host-facts.bash), in the same format and under the same conditions; it
# changes nothing. PLACE: a path whose file system's space is looked at. UPSTREAMS, addresses with spaces between, are asked in place of the host's
# resolvers. Every question has a second.
upstreams=$1
shift
exec 2> /dev/null
section() { printf '\n@@ %s\n' "$1"; }

section clock
echo "$EPOCHREALTIME"
section memory
while read -r key amount _; do case $key in MemTotal: | MemAvailable:) echo "$key $amount" ;; esac done < /proc/meminfo
section space
stat -f -c '%S %b %a %c %d' "$@"
section files
read -r used _ most < /proc/sys/fs/file-nr && echo "$used $most"
ulimit -Hn
section cgroup-version
[ -e /sys/fs/cgroup/cgroup.controllers ] && echo 2
section controllers
cat /sys/fs/cgroup/cgroup.controllers || while read -r name _ _ enabled; do [ "$enabled" = 1 ] && echo "$name"; done < /proc/cgroups
section bpf
grep -owE 'cg_dev_verifier_ops|tc_cls_act_verifier_ops|xdp_verifier_ops' /proc/kallsyms | sort -u
section new-bridges
cat /proc/sys/net/ipv6/conf/default/disable_ipv6
section rules-seen
nft -j list tables > /dev/null && echo yes

ask() {
  local answer rcode addresses='' owner type word
  answer=$(kdig "@$1" ipv4only.arpa "$2" +timeout=1 +retry=0 +noidn)
  rcode=no-answer
  [[ $answer =~ status:\ ([A-Z0-9]+) ]] && rcode=${BASH_REMATCH[1]}
  while read -r owner _ _ type word; do [ "$type" = "$2" ] && [ "$owner" != ';;' ] && addresses+=" $word"; done <<< "$answer"
  echo "$1 $2 $rcode$addresses"
}
section resolvers-asked
if command -v kdig > /dev/null; then
  [ -n "$upstreams" ] || upstreams=$(while read -r key address _; do [ "$key" = nameserver ] && echo "$address"; done < /etc/resolv.conf)
  for server in $upstreams; do
    ask "$server" A &
    ask "$server" AAAA &
  done
  wait
fi
section machine-end
