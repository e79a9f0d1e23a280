/** Environment variable that marks an exec's process; what it starts inherits it. */
export const markerVariable = 'DIND64_EXEC';

/**
 * Ends every process in a container that carries the marker in its environment, and all in their sessions: TERM, after 2 s KILL. The container's own
 * shell does it (`runScript`), because an engine has no verb for ending an exec. Gives up after 5 s.
 */
export async function endMarkedProcesses(runScript: (script: string, args: string[]) => Promise<void>, marker: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => { timer = setTimeout(resolve, 5000); });
  try {
    await Promise.race([runScript(endScript, [`${markerVariable}=${marker}`]), limit]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * POSIX sh with cat and sleep: small images have no pkill, ps or setsid, and busybox's grep stops at a NUL. The sessions too, since a program may
 * clear its children's environment; runc makes each exec a session of its own. Zombies do not count: a container's PID 1 need not reap them.
 */
const endScript = `
mark=$1 sessions=' '
read_stat() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  state=$1 session=$4
}
find_sessions() {
  for folder in /proc/[0-9]*; do
    case "$({ cat "$folder/environ"; } 2>/dev/null)" in *"$mark"*) ;; *) continue ;; esac
    read_stat "\${folder#/proc/}" && case "$sessions" in *" $session "*) ;; *) sessions="$sessions$session " ;; esac
  done
}
find_processes() {
  found=
  for folder in /proc/[0-9]*; do
    process=\${folder#/proc/}
    [ "$process" != "$$" ] && read_stat "$process" && [ "$state" != Z ] && [ "$state" != X ] || continue
    case "$sessions" in *" $session "*) found="$found $process" ;; esac
  done
}
for signal in TERM KILL; do
  find_sessions
  find_processes
  [ -n "$found" ] && kill -s "$signal" $found 2>/dev/null
  tries=0
  while [ -n "$found" ] && [ $tries -lt 20 ]; do sleep 0.1; find_processes; tries=$((tries + 1)); done
done
`;
