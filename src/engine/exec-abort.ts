import { readScript } from '../shell.js';
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
    await runScript(readScript('end-exec.sh'), [`${markerVariable}=${marker}`]);
    const after = await readState();
    return after.Running || after.ExitCode === null ? { seen: 'it still runs' } : { done: undefined };
  });
}
