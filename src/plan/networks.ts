import type { NetworkState } from '../engine/types.js';
import type { PlanInputs } from './record.js';
import { labels } from '../labels.js';
import { guestRange } from './addressing.js';
import type { ClusterPlan, PlanCore } from './types.js';

/** What the engine's `default-network-opts` may say otherwise: containers that may not talk to each other, or whose ports and ways out are not translated. */
const bridgeDefaults = {
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.gateway_mode_ipv4': 'nat',
  'com.docker.network.bridge.gateway_mode_ipv6': 'nat',
};

/**
 * The nodes' network is IPv6 only and without the engine's masquerade, so that egress rules are ours alone on every engine version; its containers' default
 * route leads to an address that the bridge has only once the host's rules are there. The egress network is the helpers' way out.
 */
export function planNetworks(plan: PlanCore): ClusterPlan['networks'] {
  const { nodeNetwork, egressNetwork, clusterName, host } = plan;
  return {
    node: {
      name: nodeNetwork.name,
      labels: { [labels.cluster]: clusterName, [labels.role]: 'node-network' },
      ipv4: false,
      ipv6: true,
      ipv6Subnet: nodeNetwork.cidr,
      ipv6Gateway: nodeNetwork.gateway,
      ipv6DefaultGateway: host.gateway,
      ipv6Range: guestRange(nodeNetwork.cidr),
      options: {
        ...bridgeDefaults,
        'com.docker.network.bridge.name': nodeNetwork.bridge,
        'com.docker.network.bridge.enable_ip_masquerade': 'false',
        'com.docker.network.driver.mtu': String(nodeNetwork.mtu),
      },
    },
    egress: {
      name: egressNetwork.name,
      labels: { [labels.cluster]: clusterName, [labels.role]: 'egress-network' },
      ipv4: true,
      ipv6: true,
      options: {
        ...bridgeDefaults,
        'com.docker.network.bridge.name': egressNetwork.bridge,
        'com.docker.network.bridge.enable_ip_masquerade': 'true',
        'com.docker.network.driver.mtu': String(egressNetwork.mtu),
      },
    },
  };
}

/** What a plan needs to know of the engine's networks, in an order that does not change by itself. */
export function describeNetworks(
  networks: readonly Pick<NetworkState, 'name' | 'bridge' | 'subnets'>[],
): PlanInputs['networks'] {
  return networks
    .map(({ name, bridge, subnets }) => ({ name, ...(bridge === undefined ? {} : { bridge }), subnets }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
