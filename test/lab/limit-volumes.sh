#!/bin/sh
# SIZE
# In the mount namespace of an engine: gives its new volumes a file system of that size, or another size to the one they have.
set -eu
cd /var/lib/docker
if [ -d before ]; then
  mount -o "remount,size=$1" tmpfs volumes
  exit
fi
mkdir before
mount --bind volumes before
mount --make-private before
mount -t tmpfs -o "size=$1" tmpfs volumes
cp -a before/metadata.db volumes/
for volume in before/*/; do
  name=$(basename "$volume")
  mkdir "volumes/$name"
  mount --bind "$volume" "volumes/$name"
done
