import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

interface Outcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

let root: string;

const mainText = (
  line: string,
): string => `export async function main(argv: string[], _env: unknown, streams: { stdout: { write(text: string): void } }): Promise<number> {
  streams.stdout.write('${line} ' + argv.join(' ') + '\\n');
  return argv[0] === 'fail' ? 3 : 0;
}
`;

/** A checkout as small as can be: the real bin and compiler, one source file, and a lockfile that needs no registry. */
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dind64-checkout-'));
  cpSync('bin', path.join(root, 'bin'), { recursive: true });
  cpSync('scripts/bundle.mjs', path.join(root, 'scripts/bundle.mjs'));
  cpSync('.npmrc', path.join(root, '.npmrc'));
  mkdirSync(path.join(root, 'src'));
  mkdirSync(path.join(root, 'vendor/esbuild'), { recursive: true });
  write('vendor/esbuild/package.json', JSON.stringify({ name: 'esbuild', version: '0.28.2' }));
  write(
    'vendor/esbuild/index.js',
    `module.exports = require(${JSON.stringify(path.resolve('node_modules/esbuild'))});\n`,
  );
  const dependencies = { esbuild: 'file:vendor/esbuild' };
  const scripts = { status: 'node bin/dind64.mjs status' };
  write(
    'package.json',
    JSON.stringify({ name: 'dind64', version: '0.0.0', type: 'module', scripts, devDependencies: dependencies }),
  );
  write('package-lock.json', lockfile());
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { target: 'ES2022', module: 'NodeNext', strict: true, types: [] } }),
  );
  write('src/main.ts', mainText('first'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function lockfile(): string {
  const packages = {
    '': { name: 'dind64', version: '0.0.0', devDependencies: { esbuild: 'file:vendor/esbuild' } },
    'node_modules/esbuild': { resolved: 'vendor/esbuild', link: true },
    'vendor/esbuild': { version: '0.28.2', dev: true },
  };
  return JSON.stringify({ name: 'dind64', version: '0.0.0', lockfileVersion: 3, requires: true, packages });
}

function write(name: string, content: string): void {
  writeFileSync(path.join(root, name), content);
}

async function run(command: string, argv: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(command, argv, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: root, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode: exitCode as number | null, stdout, stderr };
}

const dind64 = (...argv: string[]): Promise<Outcome> => run(process.execPath, ['bin/dind64.mjs', ...argv]);

test('a fresh checkout installs, compiles and runs; after that it only runs', async () => {
  expect(await dind64('status')).toEqual({
    exitCode: 0,
    stdout: 'first status\n',
    stderr: 'installing dependencies ...\ncompiling ...\n',
  });
  expect(await dind64('fail')).toEqual({ exitCode: 3, stdout: 'first fail\n', stderr: '' });

  write('src/main.ts', mainText('second'));
  expect(await dind64('status')).toEqual({ exitCode: 0, stdout: 'second status\n', stderr: 'compiling ...\n' });

  write('package-lock.json', `${lockfile()}\n`);
  expect((await dind64('status')).stderr).toBe('installing dependencies ...\ncompiling ...\n');
});

test('npm run prints the program’s results and nothing else', async () => {
  expect(await run('npm', ['run', 'status'])).toMatchObject({ exitCode: 0, stdout: 'first status\n' });
  const swallowed = await run('npm', ['run', 'status', '--json']);
  expect(swallowed.exitCode).toBe(2);
  expect(swallowed.stderr).toContain('npm run status -- --json');
  expect(await run('npm', ['run', 'status', '--', '--json'])).toMatchObject({
    exitCode: 0,
    stdout: 'first status --json\n',
  });
});

test('paths mean where the user stands, from wherever npm is told of the checkout', async () => {
  write(
    'src/main.ts',
    `declare const process: { cwd(): string };\n${mainText('at').replace("argv.join(' ')", 'process.cwd()')}`,
  );
  const elsewhere = path.join(root, 'elsewhere');
  mkdirSync(elsewhere);
  const fromElsewhere = ['-c', 'cd elsewhere && exec "$@"', 'sh'];
  expect(await run('sh', [...fromElsewhere, 'npm', '--prefix', root, 'run', 'status'])).toMatchObject({
    exitCode: 0,
    stdout: `at ${elsewhere}\n`,
  });
  expect(await run('sh', [...fromElsewhere, 'node', '../bin/dind64.mjs', 'status'])).toMatchObject({
    stdout: `at ${elsewhere}\n`,
  });
  expect(await run('npm', ['run', 'status'])).toMatchObject({ stdout: `at ${root}\n` });
});

test('two at once do not spoil each other, and one of them does the work', async () => {
  const outcomes = await Promise.all([dind64('status'), dind64('status'), dind64('status')]);
  expect(outcomes.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(
    Array.from({ length: 3 }, () => [0, 'first status\n']),
  );
  const lines = outcomes.flatMap(({ stderr }) => stderr.split('\n'));
  expect(lines.filter((line) => line === 'installing dependencies ...')).toHaveLength(1);
  expect(lines.filter((line) => line === 'compiling ...')).toHaveLength(1);
  expect(existsSync(path.join(root, '.prepare.lock'))).toBe(false);
});

describe('a lock that was left behind', () => {
  test.each<[string, () => Promise<string>]>([
    ['by a dead process', async () => JSON.stringify({ pid: await deadPid(), started: '1', host: await hostName() })],
    [
      'by one whose number is used again',
      async () => JSON.stringify({ pid: process.pid, started: '1', host: await hostName() }),
    ],
  ])('%s is taken over', async (_, content) => {
    write('.prepare.lock', await content());
    expect(await dind64('status')).toMatchObject({ exitCode: 0, stdout: 'first status\n' });
  });

  test('by a living process is waited for', async () => {
    const started = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[19];
    write('.prepare.lock', JSON.stringify({ pid: process.pid, started, host: await hostName() }));
    const running = dind64('status');
    setTimeout(() => {
      rmSync(path.join(root, '.prepare.lock'));
    }, 1500);
    const { stderr, stdout } = await running;
    expect(stderr.split('\n')[0]).toBe(`waiting for process ${process.pid}, which installs or compiles here`);
    expect(stdout).toBe('first status\n');
  });
});

test('what does not compile is shown, and the last good build stays', async () => {
  await dind64('status');
  write('src/main.ts', 'export const main = ;\n');
  const { exitCode, stdout, stderr } = await dind64('status');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('src/main.ts:1:21: Unexpected ";"');
  expect(readFileSync(path.join(root, 'dist', 'main.js'), 'utf8')).toContain('first');
});

test('a failed installation shows npm’s own words', async () => {
  write('package-lock.json', '{"name": "dind64", "lockfileVersion": 3, "packages": {"": {"name": "dind64"}}}');
  const { exitCode, stdout, stderr } = await dind64('status');
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^installing dependencies \.\.\.\nerror: installing dependencies: [\s\S]*npm error/);
});

test('an installed package has no sources and just runs', async () => {
  await dind64('status');
  for (const name of ['src', 'vendor', 'node_modules', 'package-lock.json', 'tsconfig.json'])
    rmSync(path.join(root, name), { recursive: true });
  expect(await dind64('status')).toEqual({ exitCode: 0, stdout: 'first status\n', stderr: '' });
});

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'close');
  return child.pid ?? 0;
}

async function hostName(): Promise<string> {
  return (await run('hostname', [])).stdout.trim();
}
