import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withKubeconfigLocks } from '../../../src/kubeconfig/lock.js';
import { makeFolder } from './fixtures.js';

test('every file is locked while the change runs, and none after it', async () => {
  await using folder = await makeFolder();
  const files = [folder.path('b'), folder.path('a'), folder.path('missing/c')];
  const seen = await withKubeconfigLocks(files, () =>
    ['a.lock', 'b.lock', 'missing'].map((name) => existsSync(folder.path(name))),
  );
  expect(seen).toEqual([true, true, false]);
  expect(existsSync(folder.path('a.lock')) || existsSync(folder.path('b.lock'))).toBe(false);
});

test('a change that throws leaves no lock', async () => {
  await using folder = await makeFolder();
  await expect(
    withKubeconfigLocks([folder.path('a')], () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(existsSync(folder.path('a.lock'))).toBe(false);
});

test('a lock of another is waited for', async () => {
  await using folder = await makeFolder();
  await writeFile(folder.path('a.lock'), '');
  const change = withKubeconfigLocks([folder.path('a')], () => 'done');
  await delay(120);
  await rm(folder.path('a.lock'));
  expect(await change).toBe('done');
});

test('a lock of nobody ends in an error that says what to remove; no other lock is kept meanwhile', async () => {
  await using folder = await makeFolder();
  await writeFile(folder.path('b.lock'), '');
  const change = withKubeconfigLocks([folder.path('a'), folder.path('b')], () => 'done', { limitMs: 200 });
  await expect(change).rejects.toMatchObject({
    code: 'wait-timed-out',
    exitCode: 3,
    where: folder.path('b.lock'),
    hint: expect.stringMatching(`rm '${folder.path('b.lock')}'`) as string,
  });
  expect(existsSync(folder.path('a.lock'))).toBe(false);
  expect(existsSync(folder.path('b.lock'))).toBe(true);
});

test('an aborted wait ends at once', async () => {
  await using folder = await makeFolder();
  await writeFile(folder.path('a.lock'), '');
  const start = performance.now();
  await expect(
    withKubeconfigLocks([folder.path('a')], () => 'done', { signal: AbortSignal.timeout(100) }),
  ).rejects.toThrow();
  expect(performance.now() - start).toBeLessThan(2000);
});
