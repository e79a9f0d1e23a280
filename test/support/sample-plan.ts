import { settingsOfCluster } from '../../src/cluster/adopt.js';
import { parseIpv4Cidr, parseIpv6Cidr } from '../../src/net/cidr.js';
import { createPlan } from '../../src/plan/create-plan.js';
import type { ClusterRecord, PlanInputs } from '../../src/plan/record.js';
import type { ClusterPlan } from '../../src/plan/types.js';
import type { Settings } from '../../src/settings/types.js';

export const sampleSettings: Settings = {
  clusterName: 'kubeadm-dind',
  allowAaaaUse: 'true',
  ipMode: 'ipv6',
  numWorkers: 2,
  k8sVersion: '1.37',
  nodeImage: undefined,
  imageSource: 'auto',
  nodeCidr: undefined,
  podCidr: undefined,
  serviceCidr: undefined,
  nat64Prefix: parseIpv6Cidr('fd00:10:64:ff9b::/96'),
  nat64Engine: 'auto',
  nat64Deny: ['168.63.129.16/32', '192.0.0.0/24', '100.100.100.200/32'].map(parseIpv4Cidr),
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
};

export const sampleInputs: PlanInputs = {
  settings: settingsOfCluster({ settings: sampleSettings }),
  addressing: {
    nodeCidr: parseIpv6Cidr('fd00:20::/64'),
    podCidr: parseIpv6Cidr('fd00:40::/72'),
    serviceCidr: parseIpv6Cidr('fd00:30::/110'),
    nat64Prefix: parseIpv6Cidr('fd00:10:64:ff9b::/96'),
    apiPort: 21000,
  },
  mode: { requested: 'true', aaaa: true, reason: 'DIND_ALLOW_AAAA_USE=true' },
  facts: { ipv6Loopback: true, bpf: true },
  mtu: 1500,
  hostChanges: [],
  hostChangeVolumes: [],
  engine: {
    cgroupVersion: '2',
    storageDriver: 'overlay2',
    backingFilesystem: 'extfs',
    userNamespaceRemap: false,
    firewallBackend: 'iptables',
  },
  networks: [{ name: 'bridge', bridge: 'docker0', subnets: ['172.17.0.0/16'] }],
  images: {
    base: 'localhost/dind64/base:b',
    dns64: 'localhost/dind64/dns64:d',
    nat64: 'localhost/dind64/nat64:n',
    api: 'localhost/dind64/api:a',
    node: 'localhost/dind64/node:x',
    kubernetesVersion: 'v1.37.2',
    componentStore: 'dind64-components-x',
  },
  proxy: [],
};

/** A plan of the default cluster on an ordinary host; `changes` replaces inputs. */
export function samplePlan(changes: Partial<PlanInputs> = {}): ClusterPlan {
  return createPlan({ ...sampleInputs, ...changes });
}

/** The record that the sample plan is made of. */
export const sampleRecord: ClusterRecord = {
  ...sampleInputs,
  version: 1,
  generation: 1,
  dind64: '0.1.0',
  writtenAt: '2026-11-30T12:00:00.000Z',
  hostRules: true,
  digests: {},
  given: { DIND_ALLOW_AAAA_USE: { value: 'true', source: 'environment' } },
};
