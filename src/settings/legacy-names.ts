import type { Given } from './types.js';

/** A name of kubeadm-dind-cluster's that still means something, and what it is called today. */
export interface RenamedName {
  name: string;
  today: string;
  meaning: string;
  /** Other programs have it in their `.env` too: told of, and not read. */
  shared?: true;
  translate?: (value: string, env: ReadonlyMap<string, Given>) => string;
}

export const renamedNames: readonly RenamedName[] = [
  { name: 'IP_MODE', shared: true, today: 'DIND_IP_MODE', meaning: 'only `ipv6`' },
  { name: 'NUM_NODES', today: 'DIND_NUM_WORKERS', meaning: 'the same' },
  {
    name: 'DNS64_PREFIX',
    today: 'DIND_NAT64_PREFIX',
    meaning: 'with `DNS64_PREFIX_SIZE` as its length, 96 when that is not set; only 96 is supported',
    translate: (value, env) =>
      value.includes('/') ? value : `${value}/${env.get('DNS64_PREFIX_SIZE')?.value ?? '96'}`,
  },
  {
    name: 'CNI_PLUGIN',
    shared: true,
    today: 'DIND_CNI',
    meaning: '`ptp` is what `bridge` was; for calico, flannel, weave, kube-router give a manifest',
  },
  { name: 'MGMT_CIDRS', today: 'DIND_NODE_CIDR', meaning: 'one IPv6 CIDR of length /64' },
  {
    name: 'POD_NETWORK_CIDR',
    shared: true,
    today: 'DIND_POD_CIDR',
    meaning: 'one IPv6 CIDR; each node gets a /80 of it',
  },
  { name: 'SERVICE_CIDR', shared: true, today: 'DIND_SERVICE_CIDR', meaning: 'IPv6 only' },
  {
    name: 'REMOTE_DNS64_V4SERVER',
    today: 'DIND_DNS64_UPSTREAMS',
    meaning: 'of either family; the default is the engine host’s resolvers, not 8.8.8.8',
  },
  { name: 'APISERVER_PORT', shared: true, today: 'DIND_API_PORT', meaning: 'on 127.0.0.1 and ::1' },
];

/** Names that mean the same as ever. */
export const keptNames: Readonly<Record<string, string>> = {
  DIND_ALLOW_AAAA_USE:
    'its words mean what they say: there, every text that was not empty, `false` included, was a yes',
  DIND_K8S_VERSION: 'a minor version, `1.37` or `v1.37`; 1.31 and newer',
  DNS64_PREFIX_SIZE: 'read with `DNS64_PREFIX`',
  DIND_COMMIT: 'not read: images of Docker-in-Docker set it for themselves',
  DOCKER_HOST: 'as Docker’s own client reads it; remote engines work in full, rules on their hosts included',
};

const noBuilds = 'binaries are part of the node image: `DIND_NODE_IMAGE`';
const noKubeadmPatches =
  'the cluster has kubeadm’s defaults; change the manifests in `/etc/kubernetes/manifests` of the control plane';
const noDocker =
  'nodes run containerd and have no Docker inside; put its configuration into a node image: `DIND_NODE_IMAGE`';
const noTests = 'dind64 runs no tests of Kubernetes’ own; run them against its kubeconfig';
const byName = 'clusters are told apart by `DIND_CLUSTER_NAME`; addresses follow from it';
const remoteEngine = 'use `DOCKER_HOST` or a Docker context for a remote engine';
const ownImage = 'its images are not node images of today; use `DIND_NODE_IMAGE`';

/**
 * Names that ask for something that a cluster of dind64's will not have, with what to do instead: an error with `DIND_`, else a notice, since any program
 * may have them in its `.env`.
 */
export const refusedNames: Readonly<Record<string, string>> = {
  CLUSTER_ID: byName,
  DIND_LABEL: byName,
  DIND_SUBNET: 'use `DIND_NODE_CIDR`',
  DIND_SUBNET_SIZE: 'use `DIND_NODE_CIDR`',
  NAT64_V4_SUBNET_PREFIX: 'the NAT64 pool exists only inside the NAT64 container and needs no choice',
  USE_HAIRPIN: 'the ptp plugin needs no hairpin mode',
  EXTRA_PORTS: 'nodes publish no ports; use `kubectl port-forward`',
  DIND_CUSTOM_NETWORKS: 'nodes are on one network, without IPv4; `docker network connect` adds another by hand',
  GCE_HOSTED: remoteEngine,
  KUBE_DIND_GCE_PROJECT: remoteEngine,
  KUBE_DIND_GCE_ZONE: remoteEngine,
  KUBE_DIND_VM: remoteEngine,
  DIND_IMAGE: ownImage,
  DIND_IMAGE_BASE: ownImage,
  DIND_IMAGE_DIGEST: 'its images are not node images of today; use `DIND_NODE_IMAGE` with a digest',
  DIND_SKIP_PULL: 'an image that is there is not pulled again; `DIND_IMAGE_SOURCE=build` pulls none',
  DIND_CRI: 'nodes always run containerd',
  DIND_STORAGE_DRIVER: 'nodes have no Docker inside; containerd chooses its snapshotter',
  DIND_DAEMON_JSON_FILE: noDocker,
  DIND_REGISTRY_MIRROR: noDocker,
  DIND_INSECURE_REGISTRIES: noDocker,
  DIND_CA_CERT_URL: 'name a file with the CA bundle: `SSL_CERT_FILE`, which reaches builds and nodes',
  DIND_PROPAGATE_HTTP_PROXY: 'proxy variables of the environment always reach nodes',
  DIND_HTTP_PROXY: 'use `HTTP_PROXY`: it always reaches nodes',
  DIND_HTTPS_PROXY: 'use `HTTPS_PROXY`: it always reaches nodes',
  DIND_NO_PROXY: 'use `NO_PROXY`: it always reaches nodes',
  DIND_K8S_BIN_DIR: noBuilds,
  KUBEADM_SOURCE: noBuilds,
  HYPERKUBE_SOURCE: noBuilds,
  FEATURE_GATES: noKubeadmPatches,
  KUBELET_FEATURE_GATES: 'change `/var/lib/kubelet/config.yaml` on the nodes',
  MASTER_EXTRA_OPTS: 'nodes are made with fixed options; `docker update` changes some of them',
  ENABLE_CEPH: 'nodes get no devices of the host and not its Docker socket',
  DIND_PORT_FORWARDER: 'nothing is called; a fixed `DIND_API_PORT` is easily forwarded',
  DIND_PORT_FORWARDER_WAIT: 'nothing is called; a fixed `DIND_API_PORT` is easily forwarded',
  DIND_NO_PARALLEL_E2E: noTests,
};

/** `APISERVER_enable_admission_plugins` and its like: flags of components. */
export const refusedPattern = {
  name: 'APISERVER_x_y, CONTROLLER_MANAGER_x_y, SCHEDULER_x_y',
  pattern: /^(APISERVER|CONTROLLER_MANAGER|SCHEDULER)_[a-z0-9_]+$/,
  reason: noKubeadmPatches,
};

/** Names that nothing is lost without: told of, and passed over. */
export const needlessNames: Readonly<Record<string, string>> = {
  LOCAL_NAT64_SERVER: 'NAT64’s address follows from `DIND_NODE_CIDR`',
  ETCD_HOST: 'there are no builds from a source tree',
  KUBE_RSYNC_ADDR: 'there are no builds from a source tree',
  KUBE_RSYNC_PORT: 'there are no builds from a source tree',
  BUILD_KUBEADM: 'there are no builds from a source tree',
  BUILD_HYPERKUBE: 'there are no builds from a source tree',
  KUBEADM_DIND_LOCAL: 'there are no builds from a source tree',
  EMBEDDED_CONFIG: 'there are no scripts for one version',
  DNS_SERVICE: 'CoreDNS is the only one',
  CALICO_VERSION: 'the manifest in `DIND_CNI` decides',
  KUBE_ROUTER_VERSION: 'the manifest in `DIND_CNI` decides',
  SKIP_SNAPSHOT: '`up` takes no snapshot',
  SKIP_DASHBOARD: 'there is no dashboard',
  DASHBOARD_URL: 'there is no dashboard',
  DOWNLOAD_KUBECTL: 'the command `kubectl` of dind64’s brings the node’s own',
  KUBECTL_DIR: 'the command `kubectl` of dind64’s brings the node’s own',
  E2E_REPORT_DIR: noTests,
  RUN_ON_BTRFS_ANYWAY: 'btrfs is not refused',
};
