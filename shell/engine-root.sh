#!/bin/sh
# ROOT DATA-ROOT|- RUN-DIR CA-BUNDLE|- machine|- COMMAND...
# In new mount and pid namespaces: makes the private root file system this process tree's only one, then runs a command in it. RUN-DIR has the
# socket; `machine`: the engine may see the machine's resolvers. A real pivot_root, as a chroot would let `docker exec` escape. All mounts end with
# the namespace.
set -eu
root=$1 data=$2 run=$3 ca=$4 resolvers=$5
shift 5
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
# A new sysfs shows the interfaces of this network namespace, where a bind mount of /sys would show the machine's. It has no securityfs:
# the engine would load an AppArmor profile into the machine's kernel, and nodes are privileged anyway.
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir run/engine run/xtables
mount --bind "$run" run/engine
if [ "$data" != - ]; then
  # Read through the machine's own /proc, which gives the pid that the machine sees.
  read -r pid rest < /proc/self/stat
  echo "$pid" > "$run/pid.new"
  mv "$run/pid.new" "$run/pid"
  mount --bind "$data" var/lib/docker
fi
mount --bind "$run/resolv.conf" etc/resolv.conf
if [ "$ca" != - ]; then mount --bind "$ca" etc/ssl/certs/ca-certificates.crt; fi
if [ -d /lib/modules ]; then mount --bind -o ro /lib/modules lib/modules; fi
# The engine looks here when resolv.conf names only the local stub.
if [ "$resolvers" = machine ] && [ -d /run/systemd/resolve ]; then
  mkdir -p run/systemd/resolve
  mount --bind -o ro /run/systemd/resolve run/systemd/resolve
fi
pivot_root . mnt
cd /
umount -l /mnt
mount -o remount,bind,ro /
export PATH=/run/xtables:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
# The machine's rules decide the backend: a verdict in one does not override a drop in the other. Listing makes no table.
backend=nft
if ! nft list tables > /dev/null 2>&1; then
  backend=legacy
elif grep -qs . /proc/net/ip_tables_names && iptables-legacy-save 2> /dev/null | grep -q '^-A'; then backend=legacy; fi
for name in iptables ip6tables; do
  for end in '' -save -restore; do ln -s "/usr/sbin/$name-$backend$end" "/run/xtables/$name$end"; done
done
exec "$@"
