import { homedir } from 'node:os';
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
