import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WaitError } from '../errors.js';
import { isDevice } from './files.js';
import { isOrphaned, renderOwnLock } from './lock-owner.js';
import { explainWriteError, hasCode } from './write-error.js';

export interface LockOptions {
  signal?: AbortSignal;
  /** How long to wait for others' locks; default 10000. */
  limitMs?: number;
}

const intervalMs = 50;

/**
 * Runs `change` while holding the lock files of all given kubeconfigs, as client-go's ModifyConfig does: `<file>.lock`, made with
 * O_EXCL, in sorted order. `change` is synchronous, so that Ctrl-C cannot leave a lock behind; one that a killed dind64 left is taken over. Unlike client-go,
 * which gives up at once, it waits for a lock of another. A device has none. Throws WaitError when it stays, DindError `kubeconfig-not-writable`.
 */
export async function withKubeconfigLocks<T>(
  files: readonly string[],
  change: () => T,
  options: LockOptions = {},
): Promise<T> {
  const sorted = [...new Set(files)].filter((file) => existsSync(dirname(file)) && !isDevice(file)).sort();
  const limitMs = options.limitMs ?? 10_000;
  const deadline = performance.now() + limitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const taken: string[] = [];
    try {
      const held = takeAll(sorted, taken);
      if (held === undefined) return change();
      if (performance.now() >= deadline) throw lockStays(held, limitMs);
    } finally {
      for (const lock of taken.reverse()) rmSync(lock, { force: true });
    }
    await delay(intervalMs, undefined, { signal: options.signal });
  }
}

/** The lock that another holds, if any; those taken before it are in `taken`. */
function takeAll(files: readonly string[], taken: string[]): string | undefined {
  for (const file of files) {
    const lock = `${file}.lock`;
    try {
      if (!create(lock) && !takeOver(lock)) return lock;
    } catch (error) {
      throw explainWriteError(error, lock);
    }
    taken.push(lock);
  }
  return undefined;
}

function create(lock: string): boolean {
  try {
    writeFileSync(lock, renderOwnLock(), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Replaces the lock of a process that has ended. Of several who see that, a second lock lets only one do it. */
function takeOver(lock: string): boolean {
  if (!isLeft(lock)) return false;
  const guard = `${lock}.takeover`;
  if (!create(guard)) {
    if (isLeft(guard)) rmSync(guard, { force: true });
    return false;
  }
  // Another may have been here between the two looks.
  if (isLeft(lock)) {
    renameSync(guard, lock);
    return true;
  }
  rmSync(guard);
  return false;
}

function isLeft(lock: string): boolean {
  try {
    return isOrphaned(readFileSync(lock, 'utf8'));
  } catch (error) {
    // Given back meanwhile.
    if (hasCode(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}

function lockStays(lock: string, limitMs: number): WaitError {
  return new WaitError({
    condition: 'nobody else changes the kubeconfig',
    where: lock,
    limitMs,
    lastObserved: `the lock file is there${ageOf(lock)}`,
    hint: `if no kubectl, kind or dind64 is at work on this kubeconfig, a killed one left the lock: rm '${lock}'`,
  });
}

function ageOf(lock: string): string {
  const seconds = Math.round((Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())) / 1000);
  return `, ${seconds} s old`;
}
