// Seen to spin for ever with mkdir's own `recursive`.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectories } from '../../src/make-directories.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-directories-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('says the topmost that it made', async () => {
  expect(makeDirectories(join(folder, 'a/b/c'), 0o700)).toBe(join(folder, 'a'));
  expect((await stat(join(folder, 'a/b/c'))).mode & 0o777).toBe(0o700);
  expect(makeDirectories(join(folder, 'a/b/c'))).toBeUndefined();
  expect(makeDirectories(join(folder, 'a/b/d'))).toBe(join(folder, 'a/b/d'));
});

it('a file in the way is an error', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => makeDirectories(join(folder, 'file'))).toThrow('EEXIST');
  expect(() => makeDirectories(join(folder, 'file/below'))).toThrow('ENOTDIR');
});

it('so is a file system that makes none', () => {
  expect(() => makeDirectories('/proc/dind64/kube')).toThrow('ENOENT');
});
