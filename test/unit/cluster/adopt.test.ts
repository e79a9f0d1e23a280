import { describe, expect, it } from 'vitest';
import {
  adoptRecord,
  givenOfCluster,
  listKeptSettings,
  refuseDifferences,
  settingsOfCluster,
} from '../../../src/cluster/adopt.js';
import { DindError } from '../../../src/errors.js';
import type { ClusterRecord } from '../../../src/plan/record.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import type { Environment } from '../../../src/settings/types.js';
import { sampleRecord } from '../../support/sample-plan.js';
import { asTyped } from '../../support/wording.js';

const read = (env: Record<string, string>): Environment =>
  readEnvironment({ HOME: '/nonexistent', ...env }, '/nonexistent');

/** A cluster that was made with these settings. */
function recordOf(env: Record<string, string>): ClusterRecord {
  const environment = read(env);
  return { ...sampleRecord, settings: settingsOfCluster(environment), given: givenOfCluster(environment) };
}

const everything = {
  DIND_NUM_WORKERS: '3',
  DIND_DNS64_UPSTREAMS: '192.0.2.53,2001:db8::53',
  DIND_DNS64_NAT64_ZONES: 'intern.example',
  DIND_NAT64_DENY: '+203.0.113.0/24',
  DIND_NAT64_ENGINE: 'ebpf',
  DIND_SNAT_ADDRESS: '2001:db8::7',
  DIND_CHECK_TARGETS: 'site.example:8080',
  DIND_TIMEOUT: '10m',
  DIND_CNI: 'none',
  DIND_K8S_VERSION: '1.36',
  DIND_NODE_IMAGE: 'example/node:1',
  DIND_IMAGE_SOURCE: 'pull',
  DIND_KUBECONFIG: '/tmp/kubeconfig',
};

describe('a command on a cluster that is there', () => {
  it('has every setting of the cluster without being given one', () => {
    const record = recordOf(everything);
    const { environment } = adoptRecord({ environment: read({}) }, record);
    expect(settingsOfCluster(environment)).toEqual(record.settings);
    expect(environment.settings).toMatchObject({
      numWorkers: 3,
      dns64Upstreams: ['192.0.2.53', '2001:db8::53'],
      snatAddress: '2001:db8::7',
      nat64Engine: 'ebpf',
      kubeconfig: '/tmp/kubeconfig',
    });
  });

  it('takes what is given now before what is recorded, defaults given by name included', () => {
    const { environment } = adoptRecord(
      { environment: read({ DIND_NUM_WORKERS: '2', DIND_TIMEOUT: '1m' }) },
      recordOf(everything),
    );
    expect(environment.settings).toMatchObject({ numWorkers: 2, timeoutMs: 60_000, snatAddress: '2001:db8::7' });
  });

  it('is told what was kept', () => {
    const kept = listKeptSettings(
      read({ DIND_NUM_WORKERS: '2' }),
      recordOf({ DIND_NUM_WORKERS: '3', DIND_DNS64_UPSTREAMS: '192.0.2.53', DIND_ALLOW_AAAA_USE: 'true' }),
    );
    expect(kept).toEqual(['DIND_DNS64_UPSTREAMS=192.0.2.53']);
  });
});

it('a record has no password of a manifest’s URL', () => {
  const record = recordOf({ DIND_CNI: 'https://me:secret@manifests.example/cni.yaml' });
  expect(JSON.stringify(record)).not.toContain('secret');
});

describe('settings that a cluster cannot take', () => {
  const refusal = (env: Record<string, string>, made = { networks: true, nodes: true }): DindError | undefined => {
    try {
      refuseDifferences(
        read(env),
        { ...recordOf({}), images: { ...sampleRecord.images, node: 'kindest/node:v1.37.0' } },
        made,
      );
      return undefined;
    } catch (error) {
      expect(error).toBeInstanceOf(DindError);
      return error as DindError;
    }
  };

  const typedRefusal = (env: Parameters<typeof refusal>[0]): ReturnType<typeof refusal> => asTyped(() => refusal(env));

  it.each([
    ['DIND_NODE_CIDR', 'fd99:1::/64', 'clean'],
    ['DIND_POD_CIDR', 'fd99:2::/72', 'clean'],
    ['DIND_SERVICE_CIDR', 'fd99:3::/110', 'clean'],
    ['DIND_NAT64_PREFIX', '64:ff9b::/96', 'clean'],
    ['DIND_API_PORT', '12345', 'clean'],
    ['DIND_CNI', 'none', 'down'],
    ['DIND_K8S_VERSION', '1.36', 'down'],
    ['DIND_NODE_IMAGE', 'kindest/node:v1.36.0', 'down'],
  ])('%s=%s is refused with the command that gets there', (name, value, verb) => {
    const error = typedRefusal({ [name]: value });
    expect(error).toMatchObject({ code: 'cluster-differs', exitCode: 2 });
    expect(error?.observed).toContain(`not ${value} (environment)`);
    expect(error?.hint).toContain(`npm run ${verb} && ${name}=${value} npm run up`);
  });

  it('are all named at once', () => {
    const error = typedRefusal({ DIND_NODE_CIDR: 'fd99:1::/64', DIND_CNI: 'none' });
    expect(error?.observed.split('\n')).toHaveLength(2);
    expect(error?.hint).toContain('npm run clean && DIND_NODE_CIDR=fd99:1::/64 DIND_CNI=none npm run up');
  });

  it.each([
    [{ DIND_NUM_WORKERS: '1', DIND_SNAT_ADDRESS: '2001:db8::9', DIND_ALLOW_AAAA_USE: 'true' }],
    [{ DIND_NODE_CIDR: 'fd00:20::/64', DIND_K8S_VERSION: '1.37', DIND_CNI: 'ptp' }],
    [{ DIND_NODE_IMAGE: 'kindest/node:v1.37.0', DIND_K8S_VERSION: '1.36' }],
    [{}],
  ])('what is applied, or is so already, is not among them: %j', (env) => {
    expect(refusal(env)).toBeUndefined();
  });

  it('are taken where nothing is left that has them', () => {
    expect(refusal({ DIND_K8S_VERSION: '1.36' }, { networks: true, nodes: false })).toBeUndefined();
    expect(refusal({ DIND_NODE_CIDR: 'fd99:1::/64' }, { networks: false, nodes: false })).toBeUndefined();
  });
});
