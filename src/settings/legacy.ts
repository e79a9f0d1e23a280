import type { Problem } from './problem.js';
import type { Given } from './sources.js';

/** A name of kubeadm-dind-cluster's that still means something, and what it is called today. */
interface Renamed { name: string; today: string; translate?: (value: string, env: ReadonlyMap<string, Given>) => string }

const renamed: readonly Renamed[] = [
  { name: 'IP_MODE', today: 'DIND_IP_MODE' },
  { name: 'NUM_NODES', today: 'DIND_NUM_WORKERS' },
  // kubeadm-dind-cluster kept the length apart, and had 96 when none was given.
  { name: 'DNS64_PREFIX', today: 'DIND_NAT64_PREFIX', translate: (value, env) => (value.includes('/') ? value : `${value}/${env.get('DNS64_PREFIX_SIZE')?.value ?? '96'}`) },
  // Its default; a node's pods are told apart by routes in both, and ptp is the one that dind64 sets up.
  { name: 'CNI_PLUGIN', today: 'DIND_CNI', translate: (value) => (value === 'bridge' ? 'ptp' : value) },
  { name: 'MGMT_CIDRS', today: 'DIND_NODE_CIDR' },
  { name: 'POD_NETWORK_CIDR', today: 'DIND_POD_CIDR' },
  { name: 'SERVICE_CIDR', today: 'DIND_SERVICE_CIDR' },
  { name: 'REMOTE_DNS64_V4SERVER', today: 'DIND_DNS64_UPSTREAMS' },
  { name: 'APISERVER_PORT', today: 'DIND_API_PORT' },
];

/** Names of kubeadm-dind-cluster's that cannot mean anything today. */
const refused: Readonly<Record<string, string>> = {
  CLUSTER_ID: 'clusters are told apart by DIND_CLUSTER_NAME; addresses follow from it',
  NAT64_V4_SUBNET_PREFIX: 'the NAT64 pool exists only inside the NAT64 container and needs no choice',
  USE_HAIRPIN: 'the ptp plugin needs no hairpin mode',
  GCE_HOSTED: 'use DOCKER_HOST or a Docker context for a remote engine',
  DIND_LABEL: 'clusters are told apart by DIND_CLUSTER_NAME',
  DIND_SUBNET: 'use DIND_NODE_CIDR',
  DIND_SUBNET_SIZE: 'use DIND_NODE_CIDR',
  DIND_IMAGE: 'its images are not node images of today; use DIND_NODE_IMAGE',
  DIND_IMAGE_BASE: 'its images are not node images of today; use DIND_NODE_IMAGE',
  DIND_IMAGE_DIGEST: 'its images are not node images of today; use DIND_NODE_IMAGE with a digest',
  DIND_SKIP_PULL: 'an image that is there is not pulled again; DIND_IMAGE_SOURCE=build pulls none',
  DIND_CRI: 'nodes always run containerd',
  DIND_STORAGE_DRIVER: 'nodes have no Docker inside; containerd chooses its snapshotter',
  DIND_K8S_BIN_DIR: 'binaries are part of the node image; use DIND_NODE_IMAGE',
  DIND_PROPAGATE_HTTP_PROXY: 'proxy variables of the environment always reach nodes',
  DIND_HTTP_PROXY: 'use HTTP_PROXY: it always reaches nodes',
  DIND_HTTPS_PROXY: 'use HTTPS_PROXY: it always reaches nodes',
  DIND_NO_PROXY: 'use NO_PROXY: it always reaches nodes',
};

/** What the legacy names in `.env` come to. */
export interface LegacyReading { given: Map<string, Given>; notices: string[]; problems: Problem[] }

/** Legacy names of `.env`: values under today's names, each with a notice; names that mean nothing any more are problems. Today's names win. */
export function readLegacyNames(envFile: ReadonlyMap<string, Given>, environment: ReadonlyMap<string, Given>): LegacyReading {
  const reading: LegacyReading = { given: new Map(), notices: [], problems: [] };
  for (const { name, today, translate } of renamed) {
    const found = envFile.get(name);
    if (found === undefined) continue;
    if (envFile.has(today) || environment.has(today)) {
      reading.notices.push(`${found.source}: ${name} is passed over: ${today} is set too`);
      continue;
    }
    const value = translate?.(found.value, envFile) ?? found.value;
    reading.given.set(today, { value, source: `${found.source}, as ${name}` });
    reading.notices.push(`${found.source}: ${name} is kubeadm-dind-cluster's name; read as ${today}=${value}`);
  }
  for (const [name, reason] of Object.entries(refused)) {
    const found = envFile.get(name);
    if (found !== undefined) reading.problems.push(refuse(name, found.source, reason));
  }
  return reading;
}

/** Legacy names without `DIND_` in the environment may belong to anybody: they are told of and not read. */
export function noticeLegacyEnvironment(environment: ReadonlyMap<string, Given>): string[] {
  return renamed.filter(({ name }) => environment.has(name)).map(({ name, today }) => `${name} in the environment is not read; dind64's name is ${today}`);
}

/** The problem with a `DIND_` name that kubeadm-dind-cluster had; `undefined` for other names. */
export function refuseLegacyName(name: string, source: string): Problem | undefined {
  const reason = refused[name];
  return reason === undefined ? undefined : refuse(name, source, reason);
}

function refuse(name: string, source: string, reason: string): Problem {
  return { name, source, text: 'kubeadm-dind-cluster had it, dind64 has not', hint: reason };
}
