import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withFileLock } from '../../../../src/engine/embedded/lock.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

test.skipIf(process.platform !== 'linux')('one at a time, and freed after a failure', async () => {
  const path = join(folder, 'sub', 'lock');
  let inside = 0;
  const work = async (): Promise<number> => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return 7;
  };
  expect(await Promise.all([withFileLock(path, work), withFileLock(path, work), withFileLock(path, work)])).toEqual([
    7, 7, 7,
  ]);
  await expect(
    withFileLock(path, async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await withFileLock(path, work)).toBe(7);
});

test.skipIf(process.platform !== 'linux')('waiting for a lock ends with the signal', async () => {
  const path = join(folder, 'lock');
  await withFileLock(path, async () => {
    const controller = new AbortController();
    const waiting = withFileLock(path, async () => 1, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
