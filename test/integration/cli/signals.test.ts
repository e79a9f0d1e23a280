import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';

let home: string;
let silent: Server;

// An engine that takes connections and never answers: every verb waits for it.
beforeEach(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'dind64-signals-'));
  silent = createServer().listen(path.join(home, 'docker.sock'));
  await once(silent, 'listening');
});
afterEach(() => {
  silent.close();
  rmSync(home, { recursive: true });
});

function start(argv: string[]) {
  const env = { PATH: process.env['PATH'], HOME: home, DOCKER_HOST: `unix://${home}/docker.sock` };
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/integration/cli/run-main.ts', ...argv], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return {
    child,
    closed: Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
      ([[exitCode], stdout, stderr]) => ({ exitCode: exitCode as number, stdout, stderr }),
    ),
  };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a waiting verb within five seconds with exit code 130',
  async (signal) => {
    const { child, closed } = start(['up']);
    await once(silent, 'connection');
    const sent = performance.now();
    child.kill(signal);
    const { exitCode, stdout, stderr } = await closed;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toContain(`error: running up\n  stopped by ${signal}`);
    expect(performance.now() - sent).toBeLessThan(5000);
  },
  20_000,
);

test('npm run: a signal to npm alone, whose shell does not hand it on, ends the command', async () => {
  const env = { PATH: process.env['PATH'], HOME: home, DOCKER_HOST: `unix://${home}/docker.sock` };
  const npm = spawn('npm', ['run', 'up'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = text(npm.stderr);
  const [connection] = (await once(silent, 'connection')) as [Socket];
  const closed = once(connection.resume(), 'close');
  const sent = performance.now();
  npm.kill('SIGTERM');
  await closed;
  expect(performance.now() - sent).toBeLessThan(5000);
  // The command holds npm's output open until it has said its last word.
  expect(await output).toContain('stopped by SIGTERM');
}, 120_000);

test('a forgotten rejection is a bug, exit code 70, and not a silent end', async () => {
  const { exitCode, stderr } = await start(['crash']).closed;
  expect(exitCode).toBe(70);
  expect(stderr).toContain('TypeError: nobody awaits this\n  this is a bug in dind64');
}, 20_000);
