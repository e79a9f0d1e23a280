import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { DindError } from '../../errors.js';
import { makeDirectories } from '../../make-directories.js';

/**
 * Runs `work` while holding flock(2) on `path` (made when missing, never removed). Waits for its turn without polling.
 * A child process holds the lock as long as our end of its stdin is open, so that the kernel frees it when we die.
 */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; onLine?: ((line: string) => void) | undefined } = {},
): Promise<T> {
  options.signal?.throwIfAborted();
  makeDirectories(dirname(path));
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: options.signal,
  });
  const ended = once(holder, 'close').catch(() => undefined);
  const waiting = setTimeout(() => options.onLine?.(`waiting for another dind64 that holds ${path}`), 1000);
  try {
    const held = await Promise.race([once(holder.stdout, 'data').then(() => true), ended.then(() => false)]);
    options.signal?.throwIfAborted();
    if (!held)
      throw new DindError({
        code: 'lock-failed',
        source: 'environment',
        doing: 'taking a lock',
        where: path,
        observed: 'flock ended without it',
        hint: 'flock is in the package util-linux',
      });
    clearTimeout(waiting);
    return await work();
  } finally {
    clearTimeout(waiting);
    holder.stdin.destroy();
    await ended;
  }
}
