#!/bin/bash
# ROOT DIRECTORY IMAGE-FILES TESTS COMMAND...
# In new mount and PID namespaces: runs a command as in the NAT64 container. The image's files are copied, since a checkout need not keep their modes.
set -eu
root=$1 directory=$2 image=$3 tests=$4
shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys"
mount -t proc proc "$root/proc"
for path in run tmp usr/local var/log var/lib/nginx; do mount -t tmpfs tmpfs "$root/$path"; done
mkdir "$root/run/netns"
mount --rbind /run/netns "$root/run/netns"
cp -r "$image/usr/local/." "$root/usr/local/"
find "$root/usr/local" -type f -exec chmod 0755 {} +
mount --bind "$directory/etc" "$root/etc/dind64"
mount --bind "$directory" "$root/mnt/state"
mount --bind "$tests" "$root/mnt/tests"
cd "$root"
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp exec chroot "$root" "$@"
