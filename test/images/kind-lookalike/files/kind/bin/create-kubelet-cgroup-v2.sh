#!/bin/bash
set -euo pipefail
[ -f /sys/fs/cgroup/cgroup.controllers ] || exit 0
for group in '' kubelet kubelet.slice; do
  mkdir -p "/sys/fs/cgroup/$group"
  sed -e 's/ / +/g' -e 's/^/+/' < "/sys/fs/cgroup/$group/cgroup.controllers" > "/sys/fs/cgroup/$group/cgroup.subtree_control"
done
