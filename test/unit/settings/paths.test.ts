import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readEngineEnvironment } from '../../../src/settings/engine-environment.js';
import { readUserPaths } from '../../../src/settings/paths.js';

test('paths follow XDG and KUBECONFIG', () => {
  expect(
    readUserPaths({
      HOME: '/h',
      XDG_CACHE_HOME: '/c',
      XDG_STATE_HOME: 'relative',
      KUBECONFIG: ':/a/config:/b/config:',
    }),
  ).toEqual({
    home: '/h',
    cache: '/c/dind64',
    state: '/h/.local/state/dind64',
    kubeconfigs: ['/a/config', '/b/config'],
  });
  expect(readUserPaths({}).kubeconfigs).toEqual([`${homedir()}/.kube/config`]);
});

test('the engine is told as to Docker’s own client', () => {
  expect(
    readEngineEnvironment(
      {
        DOCKER_HOST: 'ssh://box',
        DOCKER_TLS_VERIFY: '0',
        https_proxy: 'http://p:1',
        HTTP_PROXY: '',
        SSL_CERT_FILE: '/ca.pem',
      },
      '/h',
    ),
  ).toEqual({
    dockerHost: 'ssh://box',
    dockerContext: undefined,
    dockerConfig: '/h/.docker',
    dockerCertPath: undefined,
    dockerTlsVerify: true,
    proxy: { https_proxy: 'http://p:1' },
    caBundle: '/ca.pem',
  });
  expect(readEngineEnvironment({}, '/h')).toMatchObject({
    dockerHost: undefined,
    dockerTlsVerify: false,
    proxy: {},
    caBundle: undefined,
  });
});

// Seen to be the user's own cache and state.
test.runIf(process.getuid?.() === 0)('root’s cache and state are nowhere that another user can write', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'dind64-home-'));
  const read = (env: Record<string, string> = {}): string[] => {
    const { cache, state } = readUserPaths({ HOME: home, ...env });
    return [cache, state];
  };
  const [cache, state] = [path.join(home, '.cache/dind64'), path.join(home, '.local/state/dind64')];
  const roots = ['/var/cache/dind64', '/var/lib/dind64'];
  try {
    expect(read()).toEqual([cache, state]);
    for (const own of [cache, state]) mkdirSync(own, { recursive: true });
    expect(read()).toEqual([cache, state]);
    chmodSync(path.join(home, '.cache'), 0o777);
    expect(read()).toEqual([roots[0], state]);
    chmodSync(path.join(home, '.cache'), 0o755);
    for (const own of [cache, state]) chownSync(own, 1000, 1000);
    expect(read()).toEqual(roots);
    for (const own of [cache, state]) chownSync(own, 0, 0);
    chownSync(home, 1000, 1000);
    expect(read()).toEqual(roots);
    const missing = path.join(tmpdir(), 'not-there-yet');
    expect(read({ XDG_CACHE_HOME: missing, XDG_STATE_HOME: missing })).toEqual(roots);
  } finally {
    rmSync(home, { recursive: true });
  }
});
