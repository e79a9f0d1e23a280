import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/settings/environment.js';
import { SettingsError } from '../../../src/settings/problem.js';
import type { Environment, Settings } from '../../../src/settings/types.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dind64-settings-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const home = { HOME: '/home/user' };

function read(env: Record<string, string | undefined>, envFile?: string): Environment {
  if (envFile !== undefined) writeFileSync(path.join(directory, '.env'), envFile);
  return readEnvironment({ ...home, ...env }, directory);
}

function settingsOf(env: Record<string, string>, envFile?: string): Settings {
  return read(env, envFile).settings;
}

function errorOf(env: Record<string, string>, envFile?: string): SettingsError {
  try {
    read(env, envFile);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('the settings were taken as they are');
}

test('defaults', () => {
  expect(settingsOf({})).toEqual({
    clusterName: 'kubeadm-dind',
    allowAaaaUse: undefined,
    ipMode: 'ipv6',
    numWorkers: 2,
    k8sVersion: '1.37',
    nodeImage: undefined,
    imageSource: 'auto',
    registryAuth: 'none',
    nodeCidr: undefined,
    podCidr: undefined,
    serviceCidr: undefined,
    nat64Prefix: 'fd00:10:64:ff9b::/96',
    nat64Engine: undefined,
    nat64Deny: ['168.63.129.16/32', '192.0.0.0/24', '100.100.100.200/32'],
    snatAddress: undefined,
    checkTargets: undefined,
    timeoutMs: 300_000,
    dns64Upstreams: [],
    dns64Nat64Zones: [],
    cni: { kind: 'ptp' },
    engine: 'auto',
    apiPort: undefined,
    kubeconfig: undefined,
    output: 'auto',
    logLevel: 'info',
  });
});

describe('sources', () => {
  test('the environment wins over .env, and .env over defaults', () => {
    const env = { DIND_NUM_WORKERS: '0' };
    const { numWorkers, timeoutMs, clusterName } = settingsOf(
      env,
      'DIND_NUM_WORKERS=5\nexport DIND_TIMEOUT="90s" # slow\r\n',
    );
    expect({ numWorkers, timeoutMs, clusterName }).toEqual({
      numWorkers: 0,
      timeoutMs: 90_000,
      clusterName: 'kubeadm-dind',
    });
  });

  test('empty means not set, in both', () => {
    expect(settingsOf({ DIND_NUM_WORKERS: ' ' }, 'DIND_NUM_WORKERS=5').numWorkers).toBe(5);
    expect(settingsOf({ DIND_ALLOW_AAAA_USE: '' }, 'DIND_NUM_WORKERS=').numWorkers).toBe(2);
  });

  test('every problem is reported at once, with its source and the value seen', () => {
    const error = errorOf(
      { DIND_NUM_WORKERS: 'two', DIND_ALLOW_AAAA_USE: 'yes', DIND_NUM_WORKER: 's3cret' },
      '# clusters\nDIND_TIMEOUT=5\n\nDIND_POD_CIDR=fd00:40::1/72\nDIND_CLUSTERNAME=x\nDIND_CNI\n',
    );
    expect(error).toMatchObject({ code: 'bad-settings', exitCode: 2, source: 'user' });
    expect(error.observed).toMatchInlineSnapshot(`
      "7 problems
        DIND_ALLOW_AAAA_USE=yes (environment): is none of its words; did you mean \`true\`?
          allowed: true, false or auto
        DIND_NUM_WORKERS=two (environment): \`two\` is not a whole number
          allowed: a whole number from 0 to 100
        DIND_POD_CIDR=fd00:40::1/72 (.env:4): \`fd00:40::1/72\` has bits set behind its length /72; did you mean fd00:40::/72?
          allowed: an IPv6 unicast CIDR of length /64 to /72
        DIND_TIMEOUT=5 (.env:2): has no unit; did you mean \`5s\` or \`5m\`?
          allowed: a duration with units such as 300s, 5m or 1h30m, from 10s to 24h
        DIND_CNI (.env:6): the line cannot be read
          write it as DIND_CNI=value
        DIND_CLUSTERNAME (.env:5): there is no such setting
          did you mean DIND_CLUSTER_NAME?
        DIND_NUM_WORKER (environment): there is no such setting
          did you mean DIND_NUM_WORKERS?"
    `);
    expect(error.message).not.toContain('s3cret');
  });

  test('a name like no other gets no suggestion, and DIND_COMMIT is nobody’s business', () => {
    expect(errorOf({ DIND_FLUX_CAPACITOR: '1', DIND_COMMIT: 'abc' }).problems).toEqual([
      { name: 'DIND_FLUX_CAPACITOR', source: 'environment', text: 'there is no such setting' },
    ]);
  });

  test('credentials in a URL are not shown', () => {
    const error = errorOf({ DIND_CNI: 'ftp://user:s3cret@example.org/cni.yaml' });
    expect(error.observed).toContain('DIND_CNI=ftp://***@example.org/cni.yaml');
    expect(error.message).not.toContain('s3cret');
  });
});

describe('legacy names', () => {
  test('are read from .env with a notice', () => {
    const { settings, notices } = read(
      {},
      'MGMT_CIDRS=fd00:77::/64\nNUM_NODES=1\nDNS64_PREFIX=fd00:77:64:ff9b::\nDNS64_PREFIX_SIZE=96\n',
    );
    expect(settings).toMatchObject({
      nodeCidr: 'fd00:77::/64',
      numWorkers: 1,
      nat64Prefix: 'fd00:77:64:ff9b::/96',
    });
    expect(notices).toEqual([
      ".env:2: NUM_NODES is kubeadm-dind-cluster's name; read as DIND_NUM_WORKERS=1",
      ".env:3: DNS64_PREFIX is kubeadm-dind-cluster's name; read as DIND_NAT64_PREFIX=fd00:77:64:ff9b::/96",
      ".env:1: MGMT_CIDRS is kubeadm-dind-cluster's name; read as DIND_NODE_CIDR=fd00:77::/64",
    ]);
  });

  test('give way to today’s names', () => {
    const { settings, notices } = read({}, 'NUM_NODES=1\nDIND_NUM_WORKERS=3\n');
    expect(settings.numWorkers).toBe(3);
    expect(notices).toEqual(['.env:1: NUM_NODES is passed over: DIND_NUM_WORKERS is set too']);
  });

  test('in the environment are only told of', () => {
    const { settings, notices } = read({ IP_MODE: 'bogus', NUM_NODES: '7' });
    expect(settings.numWorkers).toBe(2);
    expect(notices).toEqual([
      "IP_MODE in the environment is not read; dind64's name is DIND_IP_MODE",
      "NUM_NODES in the environment is not read; dind64's name is DIND_NUM_WORKERS",
    ]);
  });

  test('that mean nothing today are refused with the reason where they can only be meant for us', () => {
    expect(errorOf({ DIND_SUBNET: 'fd00:10::' }, 'CLUSTER_ID=3\nDIND_LABEL=x').problems).toEqual([
      {
        name: 'DIND_LABEL',
        source: '.env:2',
        text: 'kubeadm-dind-cluster had it, dind64 has not',
        hint: 'clusters are told apart by DIND_CLUSTER_NAME; addresses follow from it',
      },
      {
        name: 'DIND_SUBNET',
        source: 'environment',
        text: 'kubeadm-dind-cluster had it, dind64 has not',
        hint: 'use DIND_NODE_CIDR',
      },
    ]);
  });
});

describe('contradictions', () => {
  test.each([
    [{ DIND_POD_CIDR: 'fd00:20::/64' }, 'DIND_POD_CIDR', 'overlaps DIND_NODE_CIDR=fd00:20::/64 (default)'],
    [{ DIND_NAT64_PREFIX: 'fd00:40::/96' }, 'DIND_NAT64_PREFIX', 'overlaps DIND_POD_CIDR=fd00:40::/72 (default)'],
    [
      { DIND_NODE_CIDR: 'fd00:1::/64', DIND_SERVICE_CIDR: 'fd00:1::/112' },
      'DIND_NODE_CIDR',
      'overlaps DIND_SERVICE_CIDR=fd00:1::/112 (environment)',
    ],
  ])('%o', (env, name, text) => {
    expect(errorOf(env).problems).toEqual([expect.objectContaining({ name, text, source: 'environment' })]);
  });

  test('a cluster of another name has no default CIDRs to overlap with', () => {
    expect(settingsOf({ DIND_CLUSTER_NAME: 'other', DIND_POD_CIDR: 'fd00:20::/64' }).podCidr).toBe('fd00:20::/64');
  });

  test('a manifest that is not there', () => {
    expect(errorOf({ DIND_CNI: './calico.yaml' }).problems).toEqual([
      {
        name: 'DIND_CNI',
        source: 'environment',
        seen: path.join(directory, 'calico.yaml'),
        text: 'there is no such file',
      },
    ]);
  });
});

test('paths are resolved against the directory and the home', () => {
  writeFileSync(path.join(directory, 'calico.yaml'), '');
  expect(settingsOf({ DIND_CNI: 'calico.yaml', DIND_KUBECONFIG: '~/kube/dind' })).toMatchObject({
    cni: { kind: 'manifest', source: path.join(directory, 'calico.yaml') },
    kubeconfig: '/home/user/kube/dind',
  });
});

test('an .env that cannot be read is an error, not an empty one', () => {
  rmSync(path.join(directory, '.env'), { force: true });
  expect(() => readEnvironment({ DIND_X: '' }, '/dev/null')).toThrow(
    expect.objectContaining({ code: 'bad-settings', exitCode: 2 }),
  );
});

test('a folder named .env, as Python’s virtual environments have it, is no .env', () => {
  rmSync(path.join(directory, '.env'), { force: true });
  mkdirSync(path.join(directory, '.env'));
  try {
    expect(readEnvironment({ HOME: '/home/user' }, directory).given.size).toBe(0);
  } finally {
    rmSync(path.join(directory, '.env'), { recursive: true });
  }
});
