import type { ClusterPlan, NodePlan } from '../plan/types.js';

/** What joins pods to their node, with the fields that it alone has. */
export type PodPlugin = { type: 'ptp' } | { type: 'bridge'; bridge: string; isDefaultGateway: true };

/**
 * CNI configuration of one node: ptp, or a bridge, with the node's own /80. `ipMasq` stays off since it would translate pod to pod traffic
 * between nodes; the node's egress table does what is needed (render/egress.ts).
 */
export function renderCniConfig(
  plan: { nodeNetwork: Pick<ClusterPlan['nodeNetwork'], 'mtu'> },
  node: Pick<NodePlan, 'podCidr'>,
  plugin: PodPlugin = { type: 'ptp' },
): string {
  const config = {
    cniVersion: '1.0.0',
    name: 'dind64',
    plugins: [
      {
        ...plugin,
        ipMasq: false,
        mtu: plan.nodeNetwork.mtu,
        ipam: {
          type: 'host-local',
          // On a tmpfs: the addresses of pods that died with the node must not be kept over its restart.
          dataDir: '/run/cni-ipam-state',
          ranges: [[{ subnet: node.podCidr }]],
          routes: [{ dst: '::/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
