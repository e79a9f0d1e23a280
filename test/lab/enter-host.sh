#!/bin/sh
# RESOLV-CONF COMMAND...
# In a new mount namespace: runs a command that has the engine host's resolvers. The target is looked up first: on many machines /etc/resolv.conf is a
# link into one of the folders that are hidden.
set -e
resolv=$1
shift
target=$(readlink -f /etc/resolv.conf || echo /etc/resolv.conf)
for folder in /run/systemd/resolve /run/nscd /var/run/nscd; do
  if [ -d "$folder" ]; then mount -t tmpfs tmpfs "$folder"; fi
done
[ -e "$target" ] || { mkdir -p "${target%/*}" && : > "$target"; }
mount --bind "$resolv" "$target"
exec "$@"
