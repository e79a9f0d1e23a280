import { closeSync, existsSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WaitError } from '../errors.js';
import { explainWriteError, hasCode } from './write-error.js';

export interface LockOptions {
  signal?: AbortSignal;
  /** How long to wait for others' locks; default 10000. */
  limitMs?: number;
}

const intervalMs = 50;

/**
 * Runs `change` while holding the lock files of all given kubeconfigs, as client-go's ModifyConfig does: `<file>.lock`, made with
 * O_EXCL, in sorted order. `change` is synchronous, so that Ctrl-C cannot leave a lock behind. Unlike client-go, which
 * gives up at once, it waits for a lock of another. Throws WaitError when it stays, DindError `kubeconfig-not-writable`.
 */
export async function withKubeconfigLocks<T>(
  files: readonly string[],
  change: () => T,
  options: LockOptions = {},
): Promise<T> {
  const sorted = [...new Set(files)].filter((file) => existsSync(dirname(file))).sort();
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
      for (const lock of taken.reverse()) unlinkSync(lock);
    }
    await delay(intervalMs, undefined, { signal: options.signal });
  }
}

/** The lock that another holds, if any; those taken before it are in `taken`. */
function takeAll(files: readonly string[], taken: string[]): string | undefined {
  for (const file of files) {
    const lock = `${file}.lock`;
    try {
      const descriptor = openSync(lock, 'wx', 0o600);
      taken.push(lock);
      writeSync(descriptor, `dind64, process ${process.pid}\n`);
      closeSync(descriptor);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return lock;
      throw explainWriteError(error, lock);
    }
  }
  return undefined;
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
