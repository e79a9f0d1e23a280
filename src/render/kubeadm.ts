import { stringify } from 'yaml';
import { scaleLimit } from '../wait.js';
import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';

/** Secrets that are made at `up` and stand in files of mode 0600 only. */
export interface JoinSecrets {
  /** Bootstrap token, `[a-z0-9]{6}.[a-z0-9]{16}`. */
  token: string;
}

/** What kubeadm's files are made of: of a cluster of containers, or of whole machines. */
export interface KubeadmPlan extends Pick<
  ClusterPlan,
  'clusterName' | 'timeoutMs' | 'podCidr' | 'serviceCidr' | 'clusterDns'
> {
  /** `undefined`: left to kubeadm. */
  kubernetesVersion: string | undefined;
  api: Pick<ClusterPlan['api'], 'address'>;
  nodes: readonly KubeadmNode[];
  nodeTraits: Pick<ClusterPlan['nodeTraits'], 'cgroupVersion'>;
  /** Nodes are machines of their own: nothing is told to bear with a container's limits, and pods' resolvers are in a file beside the machine's own. */
  machines?: { resolvConf: string; discoveryFile: string } | undefined;
}

type KubeadmNode = Pick<NodePlan, 'name' | 'role' | 'address'>;

const apiVersion = 'kubeadm.k8s.io/v1beta4';

/** kubeadm's InitConfiguration and what belongs to it, one YAML stream (kubeadm v1beta4: Kubernetes 1.31 and later). */
export function renderInitConfig(plan: KubeadmPlan, node: KubeadmNode): string {
  return joinDocuments([
    {
      apiVersion,
      kind: 'InitConfiguration',
      // kubeadm makes one in any case; the workers get their own (render/bootstrap-token.ts), so this one may end soon.
      bootstrapTokens: [{ ttl: '1m0s' }],
      localAPIEndpoint: { advertiseAddress: node.address, bindPort: 6443 },
      nodeRegistration: registration(plan, node),
      timeouts: timeouts(plan),
      ...(isSlow(plan) ? { patches: { directory: patchesDirectory } } : {}),
    },
    {
      apiVersion,
      kind: 'ClusterConfiguration',
      clusterName: plan.clusterName,
      kubernetesVersion: plan.kubernetesVersion,
      // Making a dozen RSA keys takes seconds, and every handshake with one twenty times the work.
      encryptionAlgorithm: 'ECDSA-P256',
      controlPlaneEndpoint: `[${node.address}]:6443`,
      networking: { podSubnet: plan.podCidr, serviceSubnet: plan.serviceCidr, dnsDomain: 'cluster.local' },
      apiServer: {
        certSANs: [...new Set(['localhost', '127.0.0.1', '::1', node.address, plan.api.address, node.name])],
      },
      controllerManager: {
        extraArgs: [
          { name: 'bind-address', value: '::1' },
          // A node's pod CIDR follows from its address, so that routes and CNI files can be in place before it starts (plan/nodes.ts).
          { name: 'allocate-node-cidrs', value: 'false' },
          { name: 'node-cidr-mask-size-ipv6', value: '80' },
          ...withoutElection(),
        ],
      },
      scheduler: { extraArgs: [{ name: 'bind-address', value: '::1' }, ...withoutElection()] },
      ...(isSlow(plan) ? { etcd: { local: { extraArgs: etcdIntervals(plan) } } } : {}),
    },
    kubeletConfig(plan),
    {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      clusterCIDR: plan.podCidr,
      // The engine host's limits are not writable from a node, and a machine's are its owner's; 0 leaves them alone.
      conntrack: { maxPerCore: 0, tcpCloseWaitTimeout: '0s', tcpEstablishedTimeout: '0s' },
    },
  ]);
}

/** Where kubeadm finds what it changes in its static pods. */
const patchesDirectory = '/dind64/kubeadm-patches';

/**
 * Patches of kubeadm's static pods, paths relative to `/`; none with the default DIND_TIMEOUT. The kubelet ends a component that does not answer
 * within kubeadm's fixed 15 s for eight times: on a machine that is known to be slow those are scaled as every wait is.
 */
export function renderPatches(plan: Pick<ClusterPlan, 'timeoutMs'>): FileEntry[] {
  if (!isSlow(plan)) return [];
  // A slow etcd makes an API server say that it is not well at once, so the tries are scaled too.
  const livenessProbe = {
    timeoutSeconds: scaleLimit(15, plan.timeoutMs),
    failureThreshold: scaleLimit(8, plan.timeoutMs),
  };
  return ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) => ({
    path: `${patchesDirectory.slice(1)}/${name}+strategic.yaml`,
    content: stringify({ spec: { containers: [{ name, livenessProbe }] } }),
  }));
}

/** etcd gives a request 5 s and two election time-outs, and answers `request timed out` then. Its own limit of the latter is 50 s. */
function etcdIntervals(plan: Pick<ClusterPlan, 'timeoutMs'>): { name: string; value: string }[] {
  const electionMs = Math.min(scaleLimit(1000, plan.timeoutMs), 50_000);
  return [
    { name: 'heartbeat-interval', value: String(Math.round(electionMs / 10)) },
    { name: 'election-timeout', value: String(electionMs) },
  ];
}

function isSlow(plan: Pick<ClusterPlan, 'timeoutMs'>): boolean {
  return scaleLimit(1, plan.timeoutMs) > 1;
}

/** A worker joins by a discovery file, so no polling for a signed cluster-info is needed. */
export function renderJoinConfig(plan: KubeadmPlan, node: KubeadmNode, secrets: JoinSecrets): string {
  return joinDocuments([
    {
      apiVersion,
      kind: 'JoinConfiguration',
      discovery: {
        file: { kubeConfigPath: plan.machines?.discoveryFile ?? '/dind64/discovery.conf' },
        tlsBootstrapToken: secrets.token,
      },
      nodeRegistration: registration(plan, node),
      timeouts: timeouts(plan),
    },
  ]);
}

/** The kubeconfig without credentials that a joining worker discovers the cluster by. */
export function renderDiscoveryFile(plan: ClusterPlan, caPem: string): string {
  const controlPlane = plan.nodes.find((node) => node.role === 'control-plane');
  return joinDocuments([
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: '',
          cluster: {
            server: `https://[${controlPlane?.address ?? ''}]:6443`,
            'certificate-authority-data': Buffer.from(caPem).toString('base64'),
          },
        },
      ],
      contexts: [],
      users: [],
      preferences: {},
    },
  ]);
}

function registration(plan: KubeadmPlan, node: KubeadmNode): object {
  const alone = plan.nodes.length === 1;
  return {
    name: node.name,
    criSocket: 'unix:///run/containerd/containerd.sock',
    imagePullPolicy: 'IfNotPresent',
    taints:
      node.role === 'control-plane' && !alone
        ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]
        : [],
    kubeletExtraArgs: [{ name: 'node-ip', value: node.address }],
    ...(plan.machines === undefined ? { ignorePreflightErrors: ignoredPreflightChecks(plan) } : {}),
  };
}

/** There is one of each, and one that cannot renew its lease within ten seconds ends: a slow machine, a paused cluster, a laptop that slept. */
function withoutElection(): object[] {
  return [{ name: 'leader-elect', value: 'false' }];
}

/** Checks of kubeadm that say nothing about a node in a container; the reason stands with each. */
function ignoredPreflightChecks(plan: KubeadmPlan): string[] {
  return [
    'Swap', // laptops swap; the kubelet is told to bear it
    'NumCPU', // a one-core machine is slow, not wrong
    'Mem',
    'FileContent--proc-sys-net-bridge-bridge-nf-call-ip6tables', // no bridge CNI in a node
    'FileContent--proc-sys-net-bridge-bridge-nf-call-iptables',
    // cgroup v1 only: kubeadm fails where the kubelet is told to go on (failCgroupV1), and kernels without modules have no config to read.
    ...(plan.nodeTraits.cgroupVersion === '1' ? ['SystemVerification'] : []),
  ];
}

function kubeletConfig(plan: KubeadmPlan): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '::',
    healthzBindAddress: '::1',
    clusterDNS: [plan.clusterDns],
    clusterDomain: 'cluster.local',
    cgroupDriver: 'systemd',
    ...(plan.machines === undefined ? inContainer() : { resolvConf: plan.machines.resolvConf }),
    ...(plan.nodeTraits.cgroupVersion === '1' ? { failCgroupV1: false } : {}),
  };
}

function inContainer(): object {
  return {
    cgroupRoot: '/kubelet',
    failSwapOn: false,
    // The disk is the engine host's and shared with everything else there: a nearly full laptop must not evict a test cluster's pods.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%' },
  };
}

/** kubeadm's own waits, scaled like ours. */
function timeouts(plan: KubeadmPlan): object {
  const seconds = (share: number): string => `${Math.max(30, Math.round((plan.timeoutMs / 1000) * share))}s`;
  return {
    controlPlaneComponentHealthCheck: seconds(0.8),
    kubeletHealthCheck: seconds(0.8),
    kubernetesAPICall: seconds(0.4),
    etcdAPICall: seconds(0.4),
    tlsBootstrap: seconds(1),
    discovery: seconds(1),
  };
}

function joinDocuments(documents: object[]): string {
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}
