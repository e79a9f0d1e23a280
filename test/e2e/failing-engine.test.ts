import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findInstallTraces, usualPlaces } from '../../src/engine/install-traces.js';
import { findObstacle } from '../support/lab.js';

/** The checkout may be in a folder that strangers cannot enter. */
const enterScript = 'set -e; eval "$MACHINE"; mount --bind "$1" "$2"; cd "$2"; shift 2; exec setpriv "$@"';
const project = new URL('../..', import.meta.url).pathname;
/** Of nobody here: no passwd entry, no group of a socket's. */
const stranger = { uid: 64_041, gid: 64_041 };
const noEngineHere =
  (
    await findInstallTraces(
      {
        dockerHost: undefined,
        dockerContext: undefined,
        dockerConfig: '/nonexistent',
        dockerCertPath: undefined,
        dockerTlsVerify: false,
        proxy: {},
        caBundle: undefined,
      },
      usualPlaces,
    )
  ).length === 0;

/** What a new user meets before there is any engine to talk to. Seen to fail with `connectionError` that takes EACCES for ENOENT. With one hint for
 * all machines its unit test fails as well. Not tried: an embedded engine beside an installed Docker, which would change this machine's rules. */
describe.skipIf(findObstacle() !== undefined)('up fails well without a fit engine', () => {
  let home: string;
  let old: Server | undefined;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'dind64-failing-'));
    await Promise.all([mkdir(join(home, 'closed'), { mode: 0o700 }), mkdir(join(home, 'project'))]);
    // Compiles where that is to be done: the stranger may not write there.
    await execa(process.execPath, [`${project}bin/dind64.mjs`, '--help']);
    // What Docker 26.1.5 answers to a client; the engine itself is in test/integration/engine/old-engine.test.ts.
    old = createServer((request, response) => {
      const path = (request.url ?? '').replace(/^\/v[\d.]+/, '');
      response.setHeader('Api-Version', '1.45').setHeader('Content-Type', 'application/json');
      response.end(
        path === '/version'
          ? JSON.stringify({
              Version: '26.1.5+dfsg1',
              ApiVersion: '1.45',
              MinAPIVersion: '1.24',
              Os: 'linux',
              Arch: 'amd64',
              Components: [{ Name: 'Engine' }],
            })
          : path === '/info'
            ? '{}'
            : 'OK',
      );
    }).listen(join(home, 'old.sock'));
    await once(old, 'listening');
    await execa('chown', ['-R', `${stranger.uid}:${stranger.gid}`, home]);
    await execa('chown', ['0:0', join(home, 'old.sock'), join(home, 'closed')]);
    await execa('chmod', ['660', join(home, 'old.sock')]);
  });
  afterAll(async () => {
    old?.close();
    await rm(home, { recursive: true });
  });

  const up = async (
    env: Record<string, string>,
    user = stranger,
  ): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> => {
    const { exitCode, stdout, stderr } = await execa(
      'unshare',
      [
        '--mount',
        '--propagation',
        'private',
        'sh',
        '-c',
        enterScript,
        'as',
        project,
        join(home, 'project'),
        `--reuid=${user.uid}`,
        `--regid=${user.gid}`,
        '--clear-groups',
        '--',
        process.execPath,
        'bin/dind64.mjs',
        'up',
      ],
      {
        env: { PATH: process.env['PATH'], HOME: home, MACHINE: 'true', ...env },
        extendEnv: false,
        cwd: home,
        reject: false,
      },
    );
    return { exitCode, stdout, stderr };
  };

  it.skipIf(!noEngineHere)('no engine, and not root', async () => {
    const { exitCode, stdout, stderr } = await up({});
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(
      'error: connecting to the Docker engine (unix:///var/run/docker.sock)\n  there is no socket\n  hint: install Docker Engine 28 or newer',
    );
  });

  it.skipIf(!noEngineHere).each([
    ['root', { uid: 0, gid: 0 }],
    ['not root', stranger],
  ])('Docker is installed and does not run, %s: how to start it, and no engine of another kind', async (_, user) => {
    const { exitCode, stderr } = await up(
      { MACHINE: 'mount -t tmpfs tmpfs /opt; mkdir /opt/bin; : > /opt/bin/dockerd; chmod 755 /opt /opt/bin' },
      user,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'there is no socket: the engine is installed but does not run\n  hint: start it: `sudo systemctl start docker`',
    );
  });

  it.skipIf(!noEngineHere)('root on a Linux that is not like Debian: what to install', async () => {
    const { exitCode, stderr } = await up(
      {
        MACHINE:
          'echo ID=fedora > "$HOME/os-release"; mount --bind "$HOME/os-release" "$(readlink -f /etc/os-release)"',
      },
      { uid: 0, gid: 0 },
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('install Docker Engine 28 or newer');
    expect(stderr).toContain('only on Debian, Ubuntu');
  });

  it.skipIf(!noEngineHere)('DIND_ENGINE=embedded, and not root: it needs root', async () => {
    const { exitCode, stderr } = await up({ DIND_ENGINE: 'embedded' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('it needs root');
    expect(stderr).toContain('be root on a Debian-like Linux');
  });

  it('DOCKER_HOST points at nothing: says so, and does not take another engine', async () => {
    const { exitCode, stderr } = await up({ DOCKER_HOST: `unix://${home}/none.sock` });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`unix://${home}/none.sock, as DOCKER_HOST says`);
    expect(stderr).toContain('unset what points there (DOCKER_HOST)');
  });

  it.each(['a socket of another group', 'a socket in a folder of another user'])('no permission: %s', async (place) => {
    const { exitCode, stderr } = await up({
      DOCKER_HOST: `unix://${home}/${place === 'a socket of another group' ? 'old.sock' : 'closed/docker.sock'}`,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('permission denied on the socket');
    expect(stderr).toContain('sudo usermod -aG docker $USER');
  });

  it('an old engine is refused with the version it needs', async () => {
    const { exitCode, stderr } = await up({ DOCKER_HOST: `unix://${home}/old.sock` }, { uid: 0, gid: 0 });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Docker 26.1.5+dfsg1 (API 1.45)');
    expect(stderr).toContain('Docker 28 or newer');
  });
});
