import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { WaitError } from '../../errors.js';
import { removeCgroups } from './cgroups.js';
import { restoreHostState } from './host-state.js';
import type { EngineRoot } from './root.js';

/** Whether any process of the engine with this run folder lives. The kernel answers (flock), so a recycled pid cannot deceive. */
export async function isEngineRunning(runDir: string): Promise<boolean> {
  return !(await lockIsFree(runDir, 0));
}

/**
 * Ends the engine, its containers included, and takes back what it left on the machine: cgroups, and where it ran with
 * `restoreHost`, its rules, bridges and sysctls. `graceMs` 0 kills it at once, for a data root that is thrown away. Fine when it does not run. Throws WaitError when it cannot be ended.
 */
export async function stopEmbeddedEngine({
  runDir,
  graceMs = 40_000,
}: {
  runDir: string;
  graceMs?: number;
}): Promise<void> {
  if (await isEngineRunning(runDir)) await endProcesses(runDir, graceMs);
  await removeCgroups(runDir);
  const root = await readFile(join(runDir, 'engine.json'), 'utf8').then(
    (text) => JSON.parse(text) as EngineRoot,
    () => undefined,
  );
  if (root !== undefined) await restoreHostState(root);
  await Promise.all(
    ['engine.json', 'docker.sock', 'pid', 'resolv.conf', 'daemon.json'].map((name) =>
      rm(join(runDir, name), { force: true }),
    ),
  );
}

/** dockerd ends its containers and itself; whatever is left then dies with the pid namespace's first process. */
async function endProcesses(runDir: string, graceMs: number): Promise<void> {
  const signals = [
    ['SIGTERM', graceMs],
    ['SIGKILL', 10_000],
  ] as const;
  for (const [signal, limitMs] of signals.filter(([, limit]) => limit > 0)) {
    const pid = Number(await readFile(join(runDir, 'pid'), 'utf8').catch(() => ''));
    if (pid > 1) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    if (await lockIsFree(runDir, limitMs)) return;
  }
  throw new WaitError({
    condition: 'the embedded engine has ended',
    where: runDir,
    limitMs: graceMs + 10_000,
    lastObserved: 'a process of it still holds the lock',
    hint: `ps -o pid,stat,wchan,args --pid $(cat ${join(runDir, 'pid')})`,
  });
}

async function lockIsFree(runDir: string, limitMs: number): Promise<boolean> {
  const wait = limitMs === 0 ? ['--nonblock'] : ['--wait', String(limitMs / 1000)];
  const result = await execa('flock', [...wait, '--conflict-exit-code', '75', join(runDir, 'lock'), 'true'], {
    reject: false,
  });
  // 66: the folder is not there, so nothing runs.
  return result.exitCode !== 75;
}
