import { describe, expect, it } from 'vitest';
import { findDrift, findOtherSettings, type Found } from '../../../src/cluster/drift.js';
import { createPlan } from '../../../src/plan/create-plan.js';
import type { ClusterRecord } from '../../../src/plan/record.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { sampleRecord } from '../../support/sample-plan.js';
import { asTyped } from '../../support/wording.js';

const record: ClusterRecord = { ...sampleRecord, digests: { [sampleRecord.images.dns64]: 'sha256:d' } };
const plan = createPlan(record);
const names = [
  'kubeadm-dind-control-plane',
  'kubeadm-dind-worker-1',
  'kubeadm-dind-worker-2',
  'kubeadm-dind-dns64',
  'kubeadm-dind-nat64',
  'kubeadm-dind-api',
  'kubeadm-dind-host',
];

const container = (name: string, imageId = 'sha256:d'): Found['containers'][number] => ({
  name,
  image: 'localhost/dind64/other:1',
  imageId,
  status: 'running',
  labels: { 'dev.dind64.role': /worker/.test(name) ? 'worker' : 'other' },
});
const networks: Found['networks'] = [
  { ...plan.networks.node, ranges: ['fd00:20:0:0:1::/80'] },
  { ...plan.networks.egress, ranges: [] },
];

describe('findDrift', () => {
  it('tells nothing of a cluster that is as recorded', () => {
    expect(findDrift(record, plan, { containers: names.map((name) => container(name)), networks })).toEqual([]);
  });

  it('tells what is missing, too much, of another image or another size', () => {
    const containers = [
      ...names
        .filter((name) => !/nat64/.test(name))
        .map((name) => container(name, /dns64/.test(name) ? 'sha256:x' : undefined)),
      container('kubeadm-dind-worker-3'),
    ];
    const small = [{ name: 'kubeadm-dind-net', options: { 'com.docker.network.driver.mtu': '1400' }, ranges: [] }];
    expect(asTyped(() => findDrift(record, plan, { containers, networks: small }))).toEqual([
      'container kubeadm-dind-nat64 is not there',
      'container kubeadm-dind-worker-3 is there, and the cluster has 2 workers',
      'kubeadm-dind-dns64 runs localhost/dind64/other:1, recorded is localhost/dind64/dns64:d',
      'network kubeadm-dind-net has an MTU of 1400, recorded is 1500',
      "network kubeadm-dind-net was made by an earlier dind64: containers of your own there may take nodes' addresses, and pods do not reach them; `npm run clean && npm run up` makes it anew",
      'network kubeadm-dind-egress is not there',
    ]);
  });
});

it('settings given now that the cluster does not have are told', () => {
  const env = { HOME: '/nonexistent', DIND_NUM_WORKERS: '1', DIND_ALLOW_AAAA_USE: 'true', DIND_OUTPUT: 'json' };
  expect(asTyped(() => findOtherSettings(readEnvironment(env, '/nonexistent'), record))).toEqual([
    'DIND_NUM_WORKERS=1 (environment) is not what the cluster was made with (2): `npm run up` applies it or says why not',
  ]);
});
