/**
 * For bash as root: the settings that are the whole machine's and no network namespace's, `FILE:VALUE` a line. Without counters, and without what a kernel
 * measures by itself.
 */
export const machineSysctlsScript = `cd /proc/sys
find . \\( -path ./net -o -path ./fs/quota -o -path ./kernel/random -o -path ./fs/binfmt_misc \\) -prune -o -type f -perm -u=rw -print |
  grep -vxE './fs/(aio-nr|dentry-state|file-nr|inode-nr|inode-state)|./kernel/(ns_last_pid|perf_event_max_sample_rate|tainted|hung_task_detect_count)' |
  sort | xargs grep -sH . || true`;

/** Lines of the first answer of `machineSysctlsScript` that the second one does not have. A module that is loaded brings more. */
export function listChangedSysctls(before: string, after: string): string[] {
  const now = new Set(after.split('\n'));
  return before.split('\n').filter((line) => !now.has(line));
}

/** For bash on a node: those of them that it could write. What the entry point shows the kubelet in their place is no file of /proc. */
export const writableSysctlsScript =
  'find /proc/sys -path /proc/sys/net -prune -o -type f -fstype proc -writable -print; [ ! -w /proc/sysrq-trigger ] || echo /proc/sysrq-trigger';
