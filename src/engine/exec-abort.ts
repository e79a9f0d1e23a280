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
 * POSIX sh with grep and sleep: no pkill, ps or setsid in small images. The session too, since a program may clear its children's environment;
 * runc makes each exec a session of its own. Zombies are left out: a container's PID 1 need not reap them.
 */
const endScript = `
sessions=' '
find_marked() {
  for file in $(grep -lsF "$1" /proc/[0-9]*/environ 2>/dev/null); do
    process=\${file#/proc/}; process=\${process%/environ}
    read_stat "$process" && case "$sessions" in *" $session "*) ;; *) sessions="$sessions$session " ;; esac
  done
  found=
  for folder in /proc/[0-9]*; do
    process=\${folder#/proc/}
    [ "$process" != "$$" ] && read_stat "$process" && [ "$state" != Z ] && [ "$state" != X ] || continue
    case "$sessions" in *" $session "*) found="$found $process" ;; esac
  done
}
read_stat() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  state=$1 session=$4
}
find_marked "$1"
for signal in TERM KILL; do
  [ -n "$found" ] && kill -s "$signal" $found 2>/dev/null
  tries=0
  while [ -n "$found" ] && [ $tries -lt 20 ]; do sleep 0.1; find_marked "$1"; tries=$((tries + 1)); done
done
`;
