import { parse } from 'yaml';
import type { ContainerState, Engine, NetworkState } from '../engine/types.js';
import { DindError } from '../errors.js';
import { labels } from '../labels.js';
import { familyOf, parseIpv6Address } from '../net/address.js';
import { parseIpv6Cidr } from '../net/cidr.js';
import type { Ipv6Cidr } from '../net/types.js';
import type { Attached } from '../plan/record.js';

/** Labels that kind gives its nodes (kind, pkg/cluster/constants and pkg/cluster/internal/providers). */
const kindLabels = { cluster: 'io.x-k8s.kind.cluster', role: 'io.x-k8s.kind.role' } as const;

/** The nodes of a kind cluster, with the role label that dind64's own nodes have. Empty: there is no such cluster. */
export async function listKindNodes(engine: Engine, cluster: string): Promise<ContainerState[]> {
  return (await engine.listContainers({ [kindLabels.cluster]: cluster })).flatMap(nodeOf);
}

/** kind's load balancer of several control planes is no node. */
function nodeOf(container: ContainerState): ContainerState[] {
  const role = container.labels[kindLabels.role] ?? '';
  if (!['control-plane', 'worker'].includes(role)) return [];
  return [{ ...container, labels: { ...container.labels, [labels.role]: role } }];
}

/** The nodes of a cluster that is to be attached to: they are there and run. Throws DindError `no-cluster`, `nodes-stopped`. */
export async function requireKindNodes(engine: Engine, cluster: string): Promise<ContainerState[]> {
  return chooseKindNodes(await engine.listContainers({ [kindLabels.cluster]: undefined }), cluster, engine.endpoint);
}

/** The same, out of all containers of kind's. Pure. */
export function chooseKindNodes(
  containers: readonly ContainerState[],
  cluster: string,
  endpoint: string,
): ContainerState[] {
  const of = ({ labels: its }: ContainerState): string => its[kindLabels.cluster] ?? '';
  const nodes = containers.filter((container) => of(container) === cluster).flatMap(nodeOf);
  const doing = `looking for the kind cluster ${cluster}`;
  if (nodes.length === 0) {
    const others = [...new Set(containers.map(of))].sort();
    throw new DindError({
      code: 'no-cluster',
      source: 'user',
      exitCode: 2,
      doing,
      where: endpoint,
      observed: `there is none of that name; ${others.length === 0 ? 'the engine has no kind cluster' : `there are: ${others.join(', ')}`}`,
      hint:
        others.length === 0 ? `kind create cluster --name ${cluster}, with \`ipFamily: ipv6\`` : `--kind ${others[0]}`,
    });
  }
  const stopped = nodes.filter(({ status }) => status !== 'running');
  if (stopped.length > 0) {
    throw new DindError({
      code: 'nodes-stopped',
      source: 'user',
      exitCode: 2,
      doing,
      where: endpoint,
      observed: stopped.map(({ name, status }) => `${name} is ${status}`).join(', '),
      hint: `docker start ${stopped.map(({ name }) => name).join(' ')}`,
    });
  }
  return nodes;
}

/** What is known of the network of foreign nodes. */
export interface NodeNetwork {
  network: NetworkState;
  cidr: Ipv6Cidr;
  nodes: Attached['nodes'];
}

/** The network that all nodes share, `wanted` where they share several. Pure. Throws DindError `network-unclear`, `network-no-ipv6`. */
export function chooseNodeNetwork(
  nodes: readonly ContainerState[],
  networks: readonly NetworkState[],
  wanted: string | undefined,
): NodeNetwork {
  const doing = "looking for the cluster's network";
  const shared = networks.filter(({ name }) => nodes.every((node) => node.networks[name] !== undefined));
  const chosen = wanted === undefined ? shared : shared.filter(({ name }) => name === wanted);
  const [network] = chosen;
  if (network === undefined || chosen.length > 1) {
    throw new DindError({
      code: 'network-unclear',
      source: 'user',
      exitCode: 2,
      doing,
      observed: `its nodes share ${shared.length === 0 ? 'no network' : shared.map(({ name }) => name).join(', ')}${wanted === undefined ? '' : `, and not ${wanted}`}`,
      hint: shared.length === 0 ? 'all nodes must be on one network of the engine' : `--network ${shared[0]?.name}`,
    });
  }
  const subnet = network.subnets.find((text) => familyOf(text) === 6);
  if (!network.ipv6Enabled || subnet === undefined) {
    throw new DindError({
      code: 'network-no-ipv6',
      source: 'user',
      exitCode: 2,
      doing,
      where: network.name,
      observed: 'it has no IPv6 subnet: it was made before the engine had IPv6, or by hand',
      hint: `delete it when no cluster uses it, and kind makes it anew: kind delete cluster, then docker network rm ${network.name}`,
    });
  }
  return {
    network,
    cidr: parseIpv6Cidr(subnet),
    nodes: nodes.map(({ name, labels: its, networks: on }) => ({
      name,
      role: its[labels.role] === 'control-plane' ? ('control-plane' as const) : ('worker' as const),
      address: parseIpv6Address(on[network.name]?.ipv6 ?? ''),
    })),
  };
}

/** What kubeadm was told of a cluster. */
export interface KubeadmNetworking {
  kubernetesVersion: string;
  podCidr: Ipv6Cidr;
  serviceCidr: Ipv6Cidr;
  /** Pods have IPv4 as well. */
  dualStack: boolean;
}

/** Reads the ClusterConfiguration that kubeadm keeps in the ConfigMap kubeadm-config. Pure. Throws DindError `cluster-not-ipv6`. */
export function readKubeadmNetworking(clusterConfiguration: string): KubeadmNetworking {
  const { kubernetesVersion = '', networking = {} } = parse(clusterConfiguration) as {
    kubernetesVersion?: string;
    networking?: { podSubnet?: string; serviceSubnet?: string };
  };
  const split = (text = ''): string[] => text.split(',').filter((part) => part !== '');
  const [pods, services] = [split(networking.podSubnet), split(networking.serviceSubnet)];
  const ipv6 = (cidrs: string[]): string | undefined => cidrs.find((cidr) => familyOf(cidr) === 6);
  const [podCidr, serviceCidr] = [ipv6(pods), ipv6(services)];
  if (podCidr === undefined || serviceCidr === undefined) {
    throw new DindError({
      code: 'cluster-not-ipv6',
      source: 'user',
      exitCode: 2,
      doing: "reading the cluster's CIDRs",
      where: 'ConfigMap kube-system/kubeadm-config',
      observed: `its pods have ${pods.join(', ') || 'no CIDR'}, its services ${services.join(', ') || 'no CIDR'}: no IPv6, so its pods ask for no AAAA`,
      hint: 'make it with `networking: { ipFamily: ipv6 }` (or dual) in the configuration of kind',
    });
  }
  return {
    kubernetesVersion,
    podCidr: parseIpv6Cidr(podCidr),
    serviceCidr: parseIpv6Cidr(serviceCidr),
    dualStack: pods.length > 1,
  };
}
