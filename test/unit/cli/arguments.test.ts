import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.js';
import { main } from '../../../src/main.js';

let home: string;
const before = process.cwd();
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'dind64-arguments-'));
  // Deep, so that what climbs out of it ends in the folder that is removed.
  const directory = path.join(home, 'a/b/c/d/e/f/g/h');
  mkdirSync(directory, { recursive: true });
  process.chdir(directory);
});
afterAll(() => {
  process.chdir(before);
  rmSync(home, { recursive: true });
});

/** An engine that is asked for by name, so that none is started, and that is not there. */
async function run(argv: string[]): Promise<{ exitCode: number; stderr: string }> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  streams.stdout.resume();
  const env = { HOME: home, DIND_ENGINE: 'docker', DOCKER_HOST: `unix://${home}/no.sock` };
  const [exitCode, stderr] = await Promise.all([
    main(argv, env, streams).finally(() => streams.stderr.end()),
    text(streams.stderr),
  ]);
  return { exitCode, stderr };
}

const label = 'a'.repeat(64);
// Seen to be traced, with a diagnosis of DNS.
test.each([
  `${label}.test`,
  `${'a.'.repeat(127)}test`,
  'a..b',
  '.',
  '.a',
  '-a.test',
  'a-.test',
  'a b',
  '1.2.3',
  '1.2.3.4.5',
  '256.1.1.1',
  'v4only.test:0',
  'v4only.test:65536',
  'v4only.test:',
  'v4only.test:http',
  '[v4only.test]:443',
  '[]:443',
  ':::',
  'fd00::1::2',
  'fd00::1%eth0',
])('trace of `%s`, which is no name and no address', async (name) => {
  const { exitCode, stderr } = await run(['trace', '--', name]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('name:port') as string });
});

test.each([
  'v4only.test',
  'V4only.Test.',
  '_dns.test',
  'a.test:80',
  '192.0.2.1',
  '192.0.2.1:80',
  'fd00::1',
  '[fd00::1]:80',
  '::ffff:192.0.2.1',
])('trace of `%s` asks for the engine', async (name) => {
  expect(await run(['trace', name])).toMatchObject({ exitCode: 1 });
});

test.each(['-a.test', 'a..b', `${label}.test`, '192.0.2.1', 'a.test:0', ''])(
  'verify --target `%s`, which is no name',
  async (name) => {
    expect(await run(['verify', `--target=${name}`])).toMatchObject({ exitCode: 2 });
  },
);

/** Every verb with its own flags. */
const commands = createProgram(() => Promise.resolve(), {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
}).commands.map((command) => ({
  verb: command.name(),
  flags: [...command.options.flatMap(({ long }) => long ?? []), '--help', '--'],
}));
/** What a verb must be given besides. */
const operands: Readonly<Record<string, string[]>> = {
  trace: ['dual.test'],
  'load-image': ['app'],
  aaaa: ['on'],
  nat64: ['tayga'],
};
const words =
  'on off auto tayga ebpf dual.test 192.0.2.1 host control-plane 30s 64 . .. ../../x ./app.tar /dev/null /dev/full'.split(
    ' ',
  );
// Not absolute: `--output` makes its file, which must be one of this test's.
const odd = fc
  .string({ unit: 'grapheme', maxLength: 80 })
  .map((value) => value.replace(/^\/+/, '').replaceAll('..', '. .'));
const value = fc.oneof(fc.constantFrom(...words), odd);
const commandLine = fc.constantFrom(...commands).chain(({ verb, flags }) => {
  const flag = fc.constantFrom(...flags);
  const part = fc.oneof(
    value.map((one) => [one]),
    flag.map((one) => [one]),
    fc.tuple(flag, value),
  );
  return fc.array(part, { maxLength: 3 }).map((parts) => [verb, ...parts.flat()]);
});

// Seen to fail where a file that cannot be opened is no DindError.
test.each(commands.flatMap(({ verb, flags }) => flags.map((flag) => [verb, flag])))(
  '%s %s with odd values is no bug either',
  async (verb, flag) => {
    for (const odd of ['', '.', '-', '../../x', '\0', '/dev/null/x']) {
      const { exitCode, stderr } = await run([verb, ...(operands[verb] ?? []), flag, odd]);
      expect([0, 1, 2], stderr).toContain(exitCode);
    }
  },
);

test('whatever stands behind a verb, it is no bug in dind64', async () => {
  await fc.assert(
    fc.asyncProperty(commandLine, async (argv) => {
      const { exitCode, stderr } = await run(argv);
      expect([0, 1, 2], stderr).toContain(exitCode);
    }),
    { numRuns: 200 },
  );
}, 60_000);

test('nor is anything in a verb’s place', async () => {
  await fc.assert(
    fc.asyncProperty(odd, async (verb) => {
      expect([0, 2]).toContain((await run([verb])).exitCode);
    }),
  );
});
