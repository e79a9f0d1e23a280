import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { renderOwnLock } from '../../../src/kubeconfig/lock-owner.js';
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

/** The lock of a process of its own, which is killed while it holds it. */
async function leaveLock(file: string): Promise<string> {
  const program = `
    import { withKubeconfigLocks } from './src/kubeconfig/lock.ts';
    await withKubeconfigLocks([process.argv[2]], () => process.kill(process.pid, 'SIGKILL'));`;
  const holder = spawnSync(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    program,
    '--',
    '',
    file,
  ]);
  expect(holder.signal, holder.stderr.toString()).toBe('SIGKILL');
  return readFile(`${file}.lock`, 'utf8');
}

// Seen to end with exit code 3 after ten seconds.
test('a lock that a killed dind64 left is taken over at once, by each in turn', async () => {
  await using folder = await makeFolder();
  const file = folder.path('a');
  expect(JSON.parse(await leaveLock(file))).toMatchObject({ program: 'dind64', host: hostname() });
  const turns: number[] = [];
  const inside = { count: 0 };
  await Promise.all(
    [1, 2, 3].map((turn) =>
      withKubeconfigLocks(
        [file],
        () => {
          inside.count += 1;
          expect(inside.count).toBe(1);
          turns.push(turn);
          inside.count -= 1;
        },
        { limitMs: 500 },
      ),
    ),
  );
  expect(turns.sort()).toEqual([1, 2, 3]);
  expect(await readdir(folder.path('.'))).toEqual([]);
}, 30_000);

test('a takeover that was killed too keeps nobody', async () => {
  await using folder = await makeFolder();
  const ended = JSON.stringify({ ...(JSON.parse(renderOwnLock()) as object), pid: 4_194_300 });
  for (const lock of ['a.lock', 'a.lock.takeover']) await writeFile(folder.path(lock), ended);
  expect(await withKubeconfigLocks([folder.path('a')], () => 'done', { limitMs: 500 })).toBe('done');
  expect(await readdir(folder.path('.'))).toEqual([]);
});

test.each<[string, (own: object) => object | string]>([
  ['client-go’s', () => ''],
  ['of a dind64 that runs', (own) => own],
  ['of a process elsewhere', (own) => ({ ...own, pid: 4_194_300, host: 'elsewhere', boot: 'another' })],
  ['of a process in another container', (own) => ({ ...own, pid: 4_194_300, pidNamespace: 'pid:[1]' })],
  ['of something else', () => '{"program":"other","pid":4194300}'],
])('a lock is respected: %s', async (_, content) => {
  await using folder = await makeFolder();
  const text = content(JSON.parse(renderOwnLock()) as object);
  await writeFile(folder.path('a.lock'), typeof text === 'string' ? text : JSON.stringify(text));
  await expect(withKubeconfigLocks([folder.path('a')], () => 'done', { limitMs: 100 })).rejects.toMatchObject({
    exitCode: 3,
  });
  expect(await readdir(folder.path('.'))).toEqual(['a.lock']);
});

test.each<[string, (own: object) => object]>([
  ['that ended', (own) => ({ ...own, pid: 4_194_300 })],
  ['whose number is used again', (own) => ({ ...own, started: '1' })],
  ['of before the last boot', (own) => ({ ...own, boot: 'another' })],
])('a lock is taken over from a process %s', async (_, content) => {
  await using folder = await makeFolder();
  await writeFile(folder.path('a.lock'), JSON.stringify(content(JSON.parse(renderOwnLock()) as object)));
  expect(await withKubeconfigLocks([folder.path('a')], () => 'done', { limitMs: 100 })).toBe('done');
  expect(await readdir(folder.path('.'))).toEqual([]);
});
