import { describe, expect, it } from 'vitest';
import { connectionError, type Machine } from '../../../src/engine/connection-error.js';
import { parseEndpoint } from '../../../src/engine/endpoint.js';
import { asTyped } from '../../support/wording.js';

describe('connectionError', () => {
  const from = (
    code: string,
    url: string,
    {
      source = 'the default',
      installed = false,
      message = code,
      machine = { platform: 'linux', isRoot: false, isDebianLike: true },
    }: { source?: string; installed?: boolean; message?: string; machine?: Machine } = {},
  ) =>
    connectionError(Object.assign(new Error(message), { code }), parseEndpoint(url, source, undefined), {
      engineInstalled: installed,
      limitMs: 1000,
      machine,
    });
  const socket = 'unix:///var/run/docker.sock';

  it('tells nothing there, stopped, and no permission apart', () => {
    expect(from('ENOENT', socket)).toMatchObject({
      code: 'engine-not-found',
      hint: expect.stringContaining('install Docker Engine 28'),
    });
    expect(from('ENOENT', socket, { installed: true })).toMatchObject({
      code: 'engine-stopped',
      hint: 'start it: `sudo systemctl start docker`',
    });
    expect(from('ECONNREFUSED', socket)).toMatchObject({
      code: 'engine-stopped',
      observed: 'nobody listens there: the engine does not run',
    });
    expect(from('EACCES', socket)).toMatchObject({
      code: 'engine-permission',
      hint: expect.stringContaining('newgrp docker'),
    });
  });

  it.each<[Machine, string[], string]>([
    [{ platform: 'darwin', isRoot: false, isDebianLike: false }, ['Docker Desktop'], 'Docker Engine'],
    [
      { platform: 'linux', isRoot: true, isDebianLike: false },
      ['install Docker Engine 28', 'only on Debian, Ubuntu'],
      'sudo',
    ],
    [
      { platform: 'linux', isRoot: false, isDebianLike: false },
      ['install Docker Engine 28', 'only on Debian, Ubuntu'],
      'sudo',
    ],
    [
      { platform: 'linux', isRoot: false, isDebianLike: true },
      ['install Docker Engine 28', 'be root', 'sudo -E npm run up'],
      'only on Debian',
    ],
  ])('says what to install where there is none: %j', (machine, parts, absent) => {
    const { hint } = asTyped(() => from('ENOENT', socket, { machine }));
    for (const part of parts) expect(hint).toContain(part);
    expect(hint).not.toContain(absent);
  });

  it('says who pointed there and how that product is started', () => {
    const desktop = from('ENOENT', 'unix:///home/me/.docker/desktop/docker.sock', { source: 'context desktop-linux' });
    expect(desktop).toMatchObject({
      code: 'engine-stopped',
      where: 'unix:///home/me/.docker/desktop/docker.sock, as context desktop-linux says',
      hint: expect.stringContaining('open Docker Desktop'),
    });
    expect(from('ENOENT', 'unix:///home/me/.colima/default/docker.sock', { source: 'context colima' }).hint).toContain(
      'colima start',
    );
    expect(from('ECONNREFUSED', 'tcp://far:2375', { source: 'DOCKER_HOST' })).toMatchObject({
      code: 'engine-stopped',
      hint: expect.stringContaining('unset what points there (DOCKER_HOST)'),
    });
  });

  it('knows an engine that wants TLS, and passes the rest on', () => {
    expect(from('', 'tcp://far:2376', { message: 'Client sent an HTTP request to an HTTPS server.' }).hint).toContain(
      'DOCKER_TLS_VERIFY=1',
    );
    expect(from('ENOTFOUND', 'tcp://far', { message: 'getaddrinfo ENOTFOUND far' })).toMatchObject({
      code: 'engine-not-found',
      observed: 'getaddrinfo ENOTFOUND far',
    });
  });
});
