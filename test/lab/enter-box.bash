#!/bin/bash
# ROOT DIRECTORY PLACE
# In new mount and PID namespaces: makes the lab's root file system, with the lab's own DIRECTORY at PLACE, the only one; tells its PID and waits.
# Servers look their own host name up, and must not ask a resolver that is still to come.
set -eu
root=$1 directory=$2 place=$3
# The old /proc numbers processes as the outside does.
read -r pid _ < /proc/self/stat
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
for path in run tmp var/log var/lib/nginx; do mount -t tmpfs tmpfs "$root/$path"; done
mkdir "$root$place" "$root/run/old"
mount --bind "$directory" "$root$place"
cp "$directory/conf/resolv.conf" "$root/run/resolv.conf"
mount --bind "$root/run/resolv.conf" "$root/etc/resolv.conf"
hostname lab
printf '%s\n' '127.0.0.1 localhost lab' '::1 localhost lab' > "$root/run/hosts"
mount --bind "$root/run/hosts" "$root/etc/hosts"
cd "$root"
pivot_root . run/old
umount -l /run/old
echo "$pid"
exec >> "$place/log/box.log" 2>&1 < /dev/null
exec tini -- sleep infinity
