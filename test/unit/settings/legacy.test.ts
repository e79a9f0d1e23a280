import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { definitions } from '../../../src/settings/definitions.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { keptNames, needlessNames, refusedNames, renamedNames } from '../../../src/settings/legacy-names.js';
import { SettingsError } from '../../../src/settings/problem.js';
import type { Environment, Settings } from '../../../src/settings/types.js';

/** Every variable that kubeadm-dind-cluster v0.3.0 reads from its user (dind-cluster.sh, config.sh, gce-setup.sh, image/). */
const all =
  `IP_MODE MGMT_CIDRS DIND_SUBNET DIND_SUBNET_SIZE SERVICE_CIDR POD_NETWORK_CIDR USE_HAIRPIN KUBE_RSYNC_ADDR ETCD_HOST CNI_PLUGIN DIND_ALLOW_AAAA_USE DNS64_PREFIX DNS64_PREFIX_SIZE
REMOTE_DNS64_V4SERVER LOCAL_NAT64_SERVER NAT64_V4_SUBNET_PREFIX CLUSTER_ID DIND_LABEL DIND_CUSTOM_NETWORKS APISERVER_PORT EXTRA_PORTS NUM_NODES DIND_IMAGE_BASE DIND_IMAGE DIND_COMMIT DIND_K8S_VERSION
DIND_IMAGE_DIGEST DIND_SKIP_PULL DIND_CRI DIND_STORAGE_DRIVER DNS_SERVICE FEATURE_GATES KUBELET_FEATURE_GATES MASTER_EXTRA_OPTS SKIP_SNAPSHOT SKIP_DASHBOARD DASHBOARD_URL ENABLE_CEPH CALICO_VERSION
KUBE_ROUTER_VERSION BUILD_KUBEADM BUILD_HYPERKUBE KUBEADM_SOURCE HYPERKUBE_SOURCE DIND_K8S_BIN_DIR KUBEADM_DIND_LOCAL DOWNLOAD_KUBECTL KUBECTL_DIR E2E_REPORT_DIR DIND_NO_PARALLEL_E2E RUN_ON_BTRFS_ANYWAY
DIND_CA_CERT_URL DIND_PROPAGATE_HTTP_PROXY DIND_HTTP_PROXY DIND_HTTPS_PROXY DIND_NO_PROXY DIND_DAEMON_JSON_FILE DIND_REGISTRY_MIRROR DIND_INSECURE_REGISTRIES DIND_PORT_FORWARDER DIND_PORT_FORWARDER_WAIT
GCE_HOSTED KUBE_DIND_GCE_PROJECT KUBE_DIND_GCE_ZONE KUBE_DIND_VM KUBE_RSYNC_PORT EMBEDDED_CONFIG DOCKER_HOST`.split(
    /\s+/,
  );

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dind64-legacy-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function read(envFile: string): Environment {
  writeFileSync(path.join(directory, '.env'), envFile);
  return readEnvironment({ HOME: '/home/user' }, directory);
}

test('each of its settings has one place', () => {
  const places = [
    renamedNames.map(({ name }) => name),
    Object.keys(keptNames),
    Object.keys(refusedNames),
    Object.keys(needlessNames),
  ].flat();
  expect(places.sort()).toEqual([...all].sort());
});

test.each<[string, Partial<Settings>]>([
  ['NUM_NODES=1', { numWorkers: 1 }],
  ['DNS64_PREFIX=fd00:77:64:ff9b::', { nat64Prefix: 'fd00:77:64:ff9b::/96' as Settings['nat64Prefix'] }],
  [
    'DNS64_PREFIX=fd00:77:64:ff9b::\nDNS64_PREFIX_SIZE=96',
    { nat64Prefix: 'fd00:77:64:ff9b::/96' as Settings['nat64Prefix'] },
  ],
  ['MGMT_CIDRS=fd00:77::/64', { nodeCidr: 'fd00:77::/64' as Settings['nat64Prefix'] }],
  ['REMOTE_DNS64_V4SERVER=192.0.2.53', { dns64Upstreams: ['192.0.2.53'] as unknown as Settings['dns64Upstreams'] }],
  ['DIND_ALLOW_AAAA_USE=true', { allowAaaaUse: 'true' }],
  ['DIND_ALLOW_AAAA_USE=false', { allowAaaaUse: 'false' }],
  ['DIND_K8S_VERSION=v1.37', { k8sVersion: '1.37' }],
  ['DIND_COMMIT=abc', {}],
])('kept or renamed, and it works: %s', (line, wanted) => {
  expect(read(line).settings).toMatchObject(wanted);
});

test('what is renamed leads to a setting that there is', () => {
  const names = Object.values(definitions).map(({ name }) => name as string);
  for (const { today } of renamedNames) expect(names).toContain(today);
});

// Another program's `.env`: seen to end with exit code 2, or to become a setting of ours.
test.each([
  ['IP_MODE=dhcp', 'DIND_IP_MODE'],
  ['CNI_PLUGIN=calico', 'DIND_CNI'],
  ['POD_NETWORK_CIDR=10.244.0.0/16', 'DIND_POD_CIDR'],
  ['SERVICE_CIDR=10.96.0.0/12', 'DIND_SERVICE_CIDR'],
  ['APISERVER_PORT=6443', 'DIND_API_PORT'],
])('told of and not read, since others have it too: %s', (line, today) => {
  const { given, notices } = read(line);
  expect(given.size).toBe(0);
  expect(notices).toEqual([
    `.env:1: ${line.split('=')[0]} may be another program's and is not read; dind64's name is ${today}`,
  ]);
});

test.each([
  ['NUM_NODES=many', 'DIND_NUM_WORKERS=many `many` is not a whole number'],
  ['DNS64_PREFIX=fd00:10:64:ff9b::/64', 'DIND_NAT64_PREFIX=fd00:10:64:ff9b::/64 '],
  ['MGMT_CIDRS=10.192.0.0/24', 'DIND_NODE_CIDR=10.192.0.0/24 '],
  ['REMOTE_DNS64_V4SERVER=dns.example', 'DIND_DNS64_UPSTREAMS=dns.example '],
])('passed over where it cannot be read: %s', (line, text) => {
  const { given, notices } = read(line);
  expect(given.size).toBe(0);
  expect(notices).toEqual([expect.stringContaining(`.env:1: ${line.split('=')[0]} is passed over: ${text}`)]);
});

test('every name without DIND_, whatever its value, is no error', () => {
  const names = [
    ...renamedNames.map(({ name }) => name),
    ...Object.keys({ ...keptNames, ...refusedNames, ...needlessNames }),
  ];
  for (const name of names.filter((each) => !each.startsWith('DIND_')))
    for (const value of ['x', '3', '"a b"', 'fd00::', '10.0.0.0/8'])
      expect(() => read(`${name}=${value}`), name).not.toThrow();
});

test.each(Object.keys(refusedNames).filter((name) => name.startsWith('DIND_')))(
  'refused, with a reason: %s',
  (name) => {
    expect(() => read(`${name}=x`)).toThrow(SettingsError);
    expect(() => read(`${name}=x`)).toThrow('kubeadm-dind-cluster had it, dind64 has not');
  },
);

test.each([
  ...Object.keys(needlessNames),
  ...Object.keys(refusedNames).filter((name) => !name.startsWith('DIND_')),
  'APISERVER_enable_admission_plugins',
  'SCHEDULER_v',
  'CONTROLLER_MANAGER_node_cidr_mask_size',
])('passed over, with a notice: %s', (name) => {
  expect(read(`${name}=x`).notices).toEqual([
    expect.stringContaining(`.env:1: ${name} is kubeadm-dind-cluster's name and passed over: `),
  ]);
});
