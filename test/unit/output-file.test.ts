// Seen to fail with files that are opened after the work, and truncated before it.
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openOutputFile, writeOutputs } from '../../src/output-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-output-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const render = (result: number): string => `<${result}>`;

it('a result is told, and its files hold it and nothing of what they held', async () => {
  await writeFile(join(folder, 'old'), 'a longer text');
  const told: number[] = [];
  await writeOutputs(
    [
      { file: join(folder, 'old'), render },
      { file: undefined, render },
      { file: join(folder, 'new'), render: (result) => `new ${result}` },
    ],
    () => Promise.resolve(7),
    (result) => told.push(result),
  );
  expect(told).toEqual([7]);
  expect(await readFile(join(folder, 'old'), 'utf8')).toBe('<7>');
  expect(await readFile(join(folder, 'new'), 'utf8')).toBe('new 7');
});

it('work that fails leaves what was there, and no new file', async () => {
  await writeFile(join(folder, 'old'), 'before');
  const outputs = ['old', 'new'].map((name) => ({ file: join(folder, name), render }));
  await expect(writeOutputs(outputs, () => Promise.reject(new Error('no cluster')), fail)).rejects.toThrow(
    'no cluster',
  );
  expect(await readdir(folder)).toEqual(['old']);
  expect(await readFile(join(folder, 'old'), 'utf8')).toBe('before');
});

it.each(['.', 'missing/file', 'old/file'])('%s cannot be opened: nothing is done', async (name) => {
  await writeFile(join(folder, 'old'), 'before');
  let worked = false;
  const work = (): Promise<number> => {
    worked = true;
    return Promise.resolve(1);
  };
  await expect(writeOutputs([{ file: join(folder, name), render }], work, fail)).rejects.toMatchObject({
    code: 'output-not-written',
    where: join(folder, name),
    exitCode: 1,
  });
  expect(worked).toBe(false);
});

it('a full disk: the result is told all the same', async () => {
  const told: number[] = [];
  const made = writeOutputs(
    [{ file: '/dev/full', render }],
    () => Promise.resolve(7),
    (result) => told.push(result),
  );
  await expect(made).rejects.toMatchObject({ code: 'output-not-written', where: '/dev/full', exitCode: 1 });
  expect(told).toEqual([7]);
});

it('pieces follow one another', async () => {
  await writeFile(join(folder, 'capture'), 'an older capture');
  {
    await using file = await openOutputFile(join(folder, 'capture'));
    await file.write('');
    for (const piece of ['one ', 'two']) await file.append(Buffer.from(piece));
  }
  expect(await readFile(join(folder, 'capture'), 'utf8')).toBe('one two');
});

function fail(): never {
  throw new Error('there is nothing to tell');
}
