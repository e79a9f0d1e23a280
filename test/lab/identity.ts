import { readFile } from 'node:fs/promises';

/** A process beyond doubt: numbers are used again, start times (ticks since boot) are not. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
}

/** `undefined` when there is no such process. */
export async function readIdentity(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold anything, so count from the last one: field 22 is the start time, 3 the state.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, startTime: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await readIdentity(identity.pid))?.startTime === identity.startTime;
}

/** Kills that very process and waits until it is gone. */
export async function endProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals = 'SIGKILL',
  limitMs = 5000,
): Promise<void> {
  if (!(await isRunning(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // Gone since the look.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  const end = Date.now() + limitMs;
  while (await isRunning(identity)) {
    if (Date.now() > end) throw new Error(`process ${identity.pid} is still there ${limitMs} ms after ${signal}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
