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
  ['IP_MODE=ipv6', { ipMode: 'ipv6' }],
  ['NUM_NODES=1', { numWorkers: 1 }],
  ['DNS64_PREFIX=fd00:77:64:ff9b::', { nat64Prefix: 'fd00:77:64:ff9b::/96' as Settings['nat64Prefix'] }],
  [
    'DNS64_PREFIX=fd00:77:64:ff9b::\nDNS64_PREFIX_SIZE=96',
    { nat64Prefix: 'fd00:77:64:ff9b::/96' as Settings['nat64Prefix'] },
  ],
  ['CNI_PLUGIN=bridge', { cni: { kind: 'ptp' } }],
  ['CNI_PLUGIN=ptp', { cni: { kind: 'ptp' } }],
  ['MGMT_CIDRS=fd00:77::/64', { nodeCidr: 'fd00:77::/64' as Settings['nat64Prefix'] }],
  ['POD_NETWORK_CIDR=fd00:78::/72', { podCidr: 'fd00:78::/72' as Settings['nat64Prefix'] }],
  ['SERVICE_CIDR=fd00:79::/110', { serviceCidr: 'fd00:79::/110' as Settings['nat64Prefix'] }],
  ['REMOTE_DNS64_V4SERVER=192.0.2.53', { dns64Upstreams: ['192.0.2.53'] as unknown as Settings['dns64Upstreams'] }],
  ['APISERVER_PORT=6443', { apiPort: 6443 }],
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

test.each([
  ...Object.keys(refusedNames),
  'APISERVER_enable_admission_plugins',
  'SCHEDULER_v',
  'CONTROLLER_MANAGER_node_cidr_mask_size',
])('refused, with a reason: %s', (name) => {
  expect(() => read(`${name}=x`)).toThrow(SettingsError);
  expect(() => read(`${name}=x`)).toThrow('kubeadm-dind-cluster had it, dind64 has not');
});

test.each(Object.keys(needlessNames))('passed over, with a notice: %s', (name) => {
  expect(read(`${name}=x`).notices).toEqual([
    expect.stringContaining(`.env:1: ${name} is kubeadm-dind-cluster's name and passed over: `),
  ]);
});
