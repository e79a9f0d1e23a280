import { waitUntil } from '../wait.js';

/** Environment variable that marks an exec's process; what it starts inherits it. */
export const markerVariable = 'DIND64_EXEC';

export interface RunningExec {
  marker: string;
  /** Runs a script in the same container, as the same user. */
  runScript: (script: string, args: string[]) => Promise<void>;
  /** What the engine says of the exec. */
  readState: () => Promise<{ Running: boolean; Pid: number; ExitCode: number | null }>;
}

/**
 * Ends an exec's process, every other one that carries its marker in its environment, and all in their sessions: TERM, after 1.5 s KILL. The
 * container's own shell does it, because an engine has no verb for this. Gives up after 4.5 s.
 */
export async function endExec({ marker, runScript, readState }: RunningExec): Promise<void> {
  await waitUntil({ condition: 'the aborted command ends', limitMs: 4500, intervalMs: 20 }, async () => {
    const before = await readState();
    // The engine accepts an exec before its process is there: nothing could be ended yet.
    if (before.Pid === 0 && before.ExitCode === null) return { seen: 'it has not started yet' };
    await runScript(endScript, [`${markerVariable}=${marker}`]);
    const after = await readState();
    return after.Running || after.ExitCode === null ? { seen: 'it still runs' } : { done: undefined };
  });
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
kill_found() { [ -n "$found" ] && kill -s "$1" $found 2>/dev/null; }
find_sessions; find_processes; kill_found TERM
tries=0
while [ -n "$found" ] && [ $tries -lt 15 ]; do sleep 0.1; find_processes; tries=$((tries + 1)); done
tries=0
# Again and again: a shell may start its next command between the look and the kill.
while [ -n "$found" ] && [ $tries -lt 15 ]; do find_sessions; find_processes; kill_found KILL; sleep 0.1; find_processes; tries=$((tries + 1)); done
`;
