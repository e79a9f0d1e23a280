// Seen to fail: without the flag `wx` (the file that was there).
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { initHostsFile, planHostsFile } from '../../../src/verbs/hosts.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-hosts-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the example is written, and can be planned', async () => {
  const file = await initHostsFile(join(folder, 'config.yaml'));
  expect((await planHostsFile(file)).hosts.map(({ name }) => name)).toEqual(['first', 'second']);
});

test('a file that is there is left as it is', async () => {
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'mine\n');
  await expect(initHostsFile(file)).rejects.toMatchObject({ code: 'hosts-file-exists', exitCode: 2 });
  expect(await readFile(file, 'utf8')).toBe('mine\n');
});

test('a hosts file that is not there is named', async () => {
  await expect(planHostsFile(join(folder, 'none.yaml'))).rejects.toMatchObject({
    code: 'hosts-file-unreadable',
    where: join(folder, 'none.yaml'),
    exitCode: 2,
  });
});
