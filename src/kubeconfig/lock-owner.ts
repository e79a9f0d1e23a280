import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Whose a lock is: a process, told from a later one of the same number by when it began. The last four are null where there is no /proc. */
const lockOwner = z.object({
  program: z.literal('dind64'),
  pid: z.int().positive(),
  host: z.string(),
  /** Ticks since boot (proc(5), field 22). */
  started: z.string().nullable(),
  /** Ticks begin anew with each boot. */
  boot: z.string().nullable(),
  /** Numbers of processes count in their namespace alone. */
  pidNamespace: z.string().nullable(),
});

type LockOwner = z.infer<typeof lockOwner>;

/** What our own locks say. */
export function renderOwnLock(): string {
  return `${JSON.stringify(describeProcess(process.pid))}\n`;
}

/** Whether a lock is one of ours whose process has ended. An empty one, as client-go's are, and one of another machine or container may be held. */
export function isOrphaned(lockText: string): boolean {
  const owner = readOwner(lockText);
  if (owner === undefined) return false;
  const now = describeProcess(owner.pid);
  if (owner.host !== now.host) return false;
  if (owner.boot !== now.boot) return true;
  return owner.pidNamespace === now.pidNamespace && (!isAlive(owner.pid) || owner.started !== now.started);
}

function describeProcess(pid: number): LockOwner {
  return {
    program: 'dind64',
    pid,
    host: hostname(),
    started: attempt(() => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
    }),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function readOwner(lockText: string): LockOwner | undefined {
  return lockOwner.safeParse(attempt(() => JSON.parse(lockText) as unknown)).data;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's, and alive.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
