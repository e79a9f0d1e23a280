import { networkAddress, cidrLength, nthAddress, cidrOf } from '../net/cidr.js';
import { fromBigInt, toBigInt } from '../net/address.js';
import type { Ipv6Address, Ipv6Cidr } from '../net/types.js';
import { hashName, macAddressFor } from './identity.js';
import type { Attached, PlanInputs } from './record.js';
import type { BareNode, PlanCore } from './types.js';
import { howTo } from '../how-to.js';

/** The cluster name that attaching to a kind cluster goes by: kind's own name for its context, so that no cluster of dind64's own is meant by it. */
export function nameAttached(kindCluster: string): string {
  return `kind-${kindCluster}`;
}

/** The kind cluster that such a name is of. */
export function kindClusterOf(clusterName: string): string {
  return clusterName.slice(nameAttached('').length);
}

/** The helpers that the cluster has: another tool's API needs no forwarder of dind64's. */
export function helperRoles({ attached }: Pick<PlanInputs, 'attached'>): ('dns64' | 'nat64' | 'api')[] {
  return attached === undefined ? ['dns64', 'nat64', 'api'] : ['dns64', 'nat64'];
}

/** The command that puts right what is attached. */
export function describeAttachAgain(
  { attached }: { attached?: Pick<Attached, 'cluster'> | undefined },
  settings = '',
): string {
  return howTo(attached === undefined ? 'up' : `attach --kind ${attached.cluster}`, settings);
}

/** Where the helpers are on a network that another tool made. */
export function chooseAttachedAddresses(cluster: string, nodeCidr: Ipv6Cidr): Pick<Attached, 'dns64' | 'nat64'> {
  // The engine hands addresses out from the low end. The last 2^16 are divided into fours, of which the name chooses one: DNS64, NAT64, NAT64's translator.
  const last = cidrOf(lastAddress(nodeCidr), Math.max(112, cidrLength(nodeCidr)));
  const slots = 1n << BigInt(126 - cidrLength(last));
  // Neither the first slot nor the last: the subnet's own address and gateways at its end are there.
  const slot = 1n + (hashName(cluster) % (slots - 2n));
  return { dns64: nthAddress(last, 4n * slot), nat64: nthAddress(last, 4n * slot + 1n) };
}

function lastAddress(cidr: Ipv6Cidr): Ipv6Address {
  return fromBigInt(6, toBigInt(networkAddress(cidr)) + (1n << BigInt(128 - cidrLength(cidr))) - 1n) as Ipv6Address;
}

/** What is not as in a cluster of dind64's own: its network and its nodes are there, and its kubeconfig is the other tool's. */
export function describeAttached(
  { networks, addressing }: Pick<PlanInputs, 'networks' | 'addressing'>,
  { network, nodes, cluster }: Attached,
): { nodeNetwork: Partial<PlanCore['nodeNetwork']>; nodes: BareNode[]; kubeconfig: PlanCore['kubeconfig'] } {
  const bridge = networks.find(({ name }) => name === network)?.bridge;
  return {
    nodeNetwork: { name: network, ...(bridge === undefined ? {} : { bridge }) },
    nodes: nodes.map((node, index) => ({
      ...node,
      index,
      podCidr: addressing.podCidr,
      macAddress: macAddressFor(node.name),
    })),
    kubeconfig: { context: nameAttached(cluster), server: '' },
  };
}
