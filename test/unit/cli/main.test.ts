import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runVerb } from '../../../src/cli/run-verb.js';
import type { Action } from '../../../src/cli/verb.js';
import { DindError, WaitError } from '../../../src/errors.js';
import { main } from '../../../src/main.js';

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'dind64-cli-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

async function withStreams(
  work: (streams: { stdin: PassThrough; stdout: PassThrough; stderr: PassThrough }) => Promise<number>,
): Promise<Outcome> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const [exitCode, stdout, stderr] = await Promise.all([
    work(streams).finally(() => {
      streams.stdout.end();
      streams.stderr.end();
    }),
    text(streams.stdout),
    text(streams.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

function run(argv: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return withStreams((streams) => main(argv, { HOME: home, ...env }, streams));
}

function runAction(action: Action, env: Record<string, string> = {}): Promise<Outcome> {
  return withStreams((streams) =>
    runVerb('up', {}, action, { env: { HOME: home, ...env }, directory: home, streams, exit: () => undefined }),
  );
}

describe('usage', () => {
  test('the version is a result', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('help is a result', async () => {
    const { exitCode, stdout, stderr } = await run(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const verb of [
      'up',
      'down',
      'clean',
      'status',
      'plan',
      'images',
      'kubeconfig',
      'kubectl',
      'aaaa',
      'load-image',
      'pause',
      'unpause',
    ])
      expect(stdout).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
  });

  test.each<[string[], RegExp]>([
    [[], /there is no verb\n[\s\S]*Commands:/],
    [['statsu'], /unknown command 'statsu'\n {2}\(Did you mean status\?\)/],
    [['status', '--jsn'], /unknown option '--jsn'/],
    [['aaaa', 'maybe'], /Allowed choices are on, off, auto/],
    [['up', 'now'], /too many arguments/],
  ])('%o', async (argv, message) => {
    const { exitCode, stdout, stderr } = await run(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('bad settings: all of them, exit code 2, no log and nothing else touched', async () => {
  const { exitCode, stdout, stderr } = await run(['up'], { DIND_NUM_WORKERS: 'two', DIND_TIMEOUT: '5' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(
    [
      'error: reading the settings',
      '  2 problems',
      '    DIND_NUM_WORKERS=two (environment): `two` is not a whole number',
      '      allowed: a whole number from 0 to 100',
      '    DIND_TIMEOUT=5 (environment): has no unit; did you mean `5s` or `5m`?',
      '      allowed: a duration with units such as 300s, 5m or 1h30m, from 10s to 24h',
      '  hint: nothing was touched; .env.example lists every setting',
      '',
    ].join('\n'),
  );
  expect(readdirSync(home)).toEqual([]);
});

// Seen to fail with a main that names the scripts everywhere.
test.each([
  [true, 'npm run up'],
  [false, 'dind64 up'],
])('commands are named as who started it can type them; in a checkout: %s', async (isCheckout, words) => {
  const env = { HOME: home, DIND_ENGINE: 'embedded' };
  const { stdout, stderr } = await withStreams((streams) => main(['status'], env, streams, isCheckout));
  // The engine does not run, or has no such cluster.
  expect(`${stdout}${stderr}`).toContain(words);
});

test('no engine: what, where, hint, log; exit code 1', async () => {
  const { exitCode, stdout, stderr } = await run(['status'], { DOCKER_HOST: `unix://${home}/no.sock` });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error: .+\n( {2}.+\n)+ {2}hint: .+\n {2}log: .+\.log\n$/);
  expect(stderr).toContain('no.sock');
});

test('json: nothing but events and errors, one a line', async () => {
  const failed = await run(['status'], { DOCKER_HOST: `unix://${home}/no.sock`, DIND_OUTPUT: 'json', NUM_NODES: '3' });
  const lines = failed.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ type }) => type)).toEqual(['notice', 'error']);
  expect(lines.at(-1)).toMatchObject({ source: 'environment', exitCode: 1, hint: expect.any(String) });

  const misused = await run(['statsu'], { DIND_OUTPUT: 'json' });
  expect(JSON.parse(misused.stderr)).toMatchObject({ type: 'error', code: 'bad-usage', exitCode: 2 });

  const misset = await run(['up'], { DIND_OUTPUT: 'json', DIND_CNI: 'bridge' });
  expect(JSON.parse(misset.stderr)).toMatchObject({ type: 'error', code: 'bad-settings', exitCode: 2 });
});

describe('what a verb ends with', () => {
  test('nothing: 0; a number: that', async () => {
    expect((await runAction(() => Promise.resolve())).exitCode).toBe(0);
    expect((await runAction(() => Promise.resolve(7))).exitCode).toBe(7);
  });

  test('a wait that ran out: 3', async () => {
    const { exitCode, stderr } = await runAction(() =>
      Promise.reject(new WaitError({ condition: 'nodes are Ready', limitMs: 5000, lastObserved: '1 of 3' })),
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('error: waiting until nodes are Ready\n  not so after 5 s; last seen: 1 of 3\n  hint: ');
  });

  test('an unexpected exception: 70, called a bug, with its stack in the log that is named', async () => {
    const { exitCode, stderr } = await runAction(() => Promise.reject(new TypeError('x is not a function')));
    expect(exitCode).toBe(70);
    expect(stderr).toMatch(
      /^error: running up\n {2}TypeError: x is not a function\n {2}this is a bug in dind64, please report it\n {2}log: /,
    );
    const log = readFileSync(/log: (.+)\n$/.exec(stderr)?.[1] ?? '', 'utf8');
    expect(log).toContain('main.test.ts');
  });

  test('a bug without a log shows its stack', async () => {
    // Nobody can make a folder below a file, root neither.
    const file = path.join(home, 'file');
    writeFileSync(file, '');
    const { stderr } = await runAction(() => Promise.reject(new TypeError('x')), { XDG_STATE_HOME: file });
    expect(stderr).toContain('main.test.ts');
  });

  test('what the user alone can put right names no log', async () => {
    const { stderr } = await runAction(() =>
      Promise.reject(new DindError({ code: 'x', source: 'user', doing: 'reading', observed: 'wrong', exitCode: 2 })),
    );
    expect(stderr).toBe('error: reading\n  wrong\n');
  });
});

test('results go to stdout and notices to stderr', async () => {
  const { stdout, stderr } = await runAction(
    ({ context, streams }) => {
      context.reporter.report({ type: 'started', step: 'a', title: 'a step' });
      streams.stdout.write('result\n');
      return Promise.resolve();
    },
    { NUM_NODES: '3' },
  );
  expect(stdout).toBe('result\n');
  expect(stderr).toBe(
    "note: NUM_NODES in the environment is not read; dind64's name is DIND_NUM_WORKERS\na step ...\n",
  );
});

// Seen to fail where files are opened after the work.
test.each<string[]>([
  ['verify', '--html'],
  ['verify', '--junit'],
  ['trace', 'dual.test', '--svg'],
  ['capture', '--output'],
  ['dump', '--to'],
])('%s %s: a file that cannot be written is told before the work', async (...argv) => {
  for (const file of ['/proc/dind64/file.tar.gz', '/dev/null/file']) {
    const { exitCode, stdout, stderr } = await run([...argv, file], { DOCKER_HOST: `unix://${home}/no.sock` });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: writing (a result|the dump) /m);
    expect(stderr).toContain(file);
  }
});
