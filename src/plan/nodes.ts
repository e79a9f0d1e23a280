import { indexes } from './addressing.js';
import { macAddressFor } from './identity.js';
import { nameCluster, workerName } from './names.js';
import { nthAddress, subnet } from '../net/cidr.js';
import type { Ipv6Cidr } from '../net/types.js';
import type { BareNode, NodePlan } from './types.js';

/**
 * The nodes of a cluster. A node's pod CIDR is the part of the pod CIDR with its own index (node ::3 has part 3, as in
 * fd00:40:0:0:3::/80), so that routes and CNI files are known before any node has started.
 */
export function planNodes(clusterName: string, nodeCidr: Ipv6Cidr, podCidr: Ipv6Cidr, workers: number): BareNode[] {
  const make = (name: string, role: BareNode['role'], index: number): BareNode => ({
    name,
    role,
    index,
    address: nthAddress(nodeCidr, index),
    podCidr: subnet(podCidr, 80, index),
    macAddress: macAddressFor(name),
  });
  return [
    make(nameCluster(clusterName).controlPlane, 'control-plane', indexes.controlPlane),
    ...Array.from({ length: workers }, (_, number) =>
      make(workerName(clusterName, number + 1), 'worker', indexes.firstWorker + number),
    ),
  ];
}

export function controlPlaneOf<N extends Pick<NodePlan, 'role'> = NodePlan>(plan: { nodes: readonly N[] }): N {
  const node = plan.nodes.find((candidate) => candidate.role === 'control-plane');
  if (node === undefined) throw new Error('a plan has a control plane');
  return node;
}
