import { expect, test } from 'vitest';
import { readEnvironment } from '../../../src/settings/environment.js';
import { readOptions, type ClusterOptions } from '../../../src/settings/options.js';
import { SettingsError } from '../../../src/settings/problem.js';

const env = { HOME: '/home/user' };

test('options are the settings that the environment would give', () => {
  const options: ClusterOptions = {
    name: 'one',
    workers: 1,
    allowAaaaUse: 'auto',
    nat64Deny: ['10.0.0.0/8', '192.168.0.0/16'],
    checkTargets: ['one.example', 'two.example:8443'],
    dns64Upstreams: ['192.0.2.53', '2001:db8::53'],
    timeoutMs: 90_000,
    kubeconfig: 'kc',
  };
  const fromOptions = readOptions(options, env, '/work');
  const fromEnvironment = readEnvironment(
    {
      ...env,
      DIND_CLUSTER_NAME: 'one',
      DIND_NUM_WORKERS: '1',
      DIND_ALLOW_AAAA_USE: 'auto',
      DIND_NAT64_DENY: '10.0.0.0/8 192.168.0.0/16',
      DIND_CHECK_TARGETS: 'one.example two.example:8443',
      DIND_DNS64_UPSTREAMS: '192.0.2.53 2001:db8::53',
      DIND_TIMEOUT: '90s',
      DIND_KUBECONFIG: 'kc',
    },
    '/work',
  );
  expect(fromOptions.settings).toEqual(fromEnvironment.settings);
  expect(fromOptions.settings.kubeconfig).toBe('/work/kc');
  expect([...fromOptions.given.keys()].sort()).toEqual([...fromEnvironment.given.keys()].sort());
  expect(fromOptions.given.get('numWorkers')).toEqual({ value: '1', source: 'options.workers' });
});

test('settings of the environment are not read, and no kubeconfig is named', () => {
  const read = readOptions(
    {},
    { ...env, DIND_NUM_WORKERS: '7', KUBECONFIG: '/home/user/kc', DOCKER_HOST: 'tcp://[::1]:1' },
  );
  expect(read.settings.numWorkers).toBe(2);
  expect(read.paths.kubeconfigs).toEqual([]);
  expect(read.engine.dockerHost).toBe('tcp://[::1]:1');
});

test('all that is wrong is told at once, by the names of the options', () => {
  const wrong = { workers: -1, nodeCidr: 'fd00::', wokers: 1 } as ClusterOptions;
  try {
    readOptions(wrong, env, '/work');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).problems.map(({ source, name }) => (source === 'options' ? name : source))).toEqual(
      ['options.workers', 'options.nodeCidr', 'options.wokers'],
    );
  }
});

test('seconds with a fraction are refused, not rounded', () => {
  expect(() => readOptions({ timeoutMs: 90_500 }, env, '/work')).toThrow(SettingsError);
});
