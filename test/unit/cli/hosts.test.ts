// Seen to fail: with an unreachable host's error thrown on (the first two tests); without the help of `hosts` alone, and without the refusal of a word
// behind it (their tests).
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleHostsFile } from '../../../src/hosts/example.js';
import { main } from '../../../src/main.js';
import type { HostsCheck } from '../../../src/results/hosts-check.js';
import { expectPublished } from '../../support/published-schema.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-hosts-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function run(...argv: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const env = { HOME: folder, DIND_ENGINE: 'docker', DOCKER_HOST: `unix://${folder}/no.sock` };
  const [exitCode, stdout, stderr] = await Promise.all([
    main(argv, env, streams).finally(() => {
      streams.stdout.end();
      streams.stderr.end();
    }),
    text(streams.stdout),
    text(streams.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

/** The example's first host is this machine, which is only read; its second one is a port of loopback's that nobody listens on. */
async function writeHosts(): Promise<string> {
  const file = join(folder, 'config.yaml');
  const hosts = exampleHostsFile
    .replace('    id: 2\n', '    id: 2\n    local: true\n')
    .replace('    id: 3\n', '    id: 3\n    ssh: ssh://127.0.0.1:1\n');
  await writeFile(file, hosts);
  return file;
}

test('a host that is not reached is a finding, and the other one is read', async () => {
  const { exitCode, stdout } = await run('hosts', 'check', '--config', await writeHosts(), '--json');
  const { hosts, counts } = expectPublished('hosts-check', stdout) as HostsCheck;
  expect(exitCode).toBe(1);
  expect(hosts.map(({ name, reachedBy }) => `${name} ${reachedBy}`)).toEqual([
    'first local',
    'second ssh://127.0.0.1:1',
  ]);
  const [first = [], second = []] = hosts.map(({ findings }) => findings);
  expect(first[0]).toMatchObject({ id: 'reached', status: 'ok' });
  // What every machine that runs this has.
  expect(first.find(({ id }) => id === 'clock')).toMatchObject({ status: 'ok' });
  expect(first.find(({ id }) => id === 'os')?.seen).not.toContain('without /etc/os-release');
  expect(second[0]).toMatchObject({ id: 'reached', status: 'failure' });
  expect(new Set(second.slice(1).map(({ status }) => status))).toEqual(new Set(['unknown']));
  expect(counts.unknown).toBeGreaterThanOrEqual(second.length - 1);
});

test('one host alone, for people', async () => {
  const { exitCode, stdout } = await run('hosts', 'check', '--config', await writeHosts(), '--host', 'second');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^second \(ssh:\/\/127\.0\.0\.1:1\)\nFAIL reached /);
  expect(stdout).toMatch(/not looked at, second was not read: rights, system/);
  expect(stdout).toMatch(/\n\n1 host in .*, 1 failure, \d+ unknown\n$/);
});

test('a host that the file does not have', async () => {
  const { exitCode, stderr } = await run('hosts', 'check', '--config', await writeHosts(), '--host', 'third');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('there is no host third');
  expect(stderr).toContain('its hosts are first, second');
});

test('`hosts` alone prints its help', async () => {
  const { exitCode, stdout } = await run('hosts');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Usage: dind64 hosts');
  expect(stdout).toContain('check [options]');
});

test('a word behind `hosts` that is none of its commands', async () => {
  const { exitCode, stderr } = await run('hosts', 'chek');
  expect(exitCode).toBe(2);
  expect(stderr).toContain("unknown command 'chek' of hosts");
});
