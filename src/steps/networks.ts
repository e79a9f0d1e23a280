import { labels } from '../labels.js';
import type { Addressing } from '../plan/addressing.js';
import type { ClusterPlan } from '../plan/types.js';
import type { NetworkSpec } from '../engine/types.js';
import { isOwn } from '../cluster/foreign-objects.js';
import type { RemovalStep, UpStep } from '../cluster/step.js';

/** The nodes' network: IPv6 only, without the engine's masquerade, so that egress rules are ours alone on every engine version. */
export const ensureNodeNetwork: UpStep = {
  id: 'node-network',
  title: 'node network',
  after: ['host-record'],
  run: async ({ engine, plan }) => {
    if ((await engine.findNetwork(plan.nodeNetwork.name)) !== undefined) return { result: 'unchanged' };
    await engine.createNetwork(nodeNetworkSpec(plan));
    return { result: 'done', text: `${plan.nodeNetwork.name} ${plan.nodeNetwork.cidr}` };
  },
};

/** The helpers' way out. */
export const ensureEgressNetwork: UpStep = {
  id: 'egress-network',
  title: 'egress network',
  after: ['host-record'],
  run: async ({ engine, plan }) => {
    if ((await engine.findNetwork(plan.egressNetwork.name)) !== undefined) return { result: 'unchanged' };
    await engine.createNetwork(egressNetworkSpec(plan));
    return { result: 'done', text: plan.egressNetwork.name };
  },
};

export const removeNetworks: RemovalStep = {
  id: 'networks',
  title: 'networks removed',
  after: ['nodes', 'helpers', 'host-rules'],
  run: async ({ engine, clusterName, names }) => {
    for (const name of [names.nodeNetwork, names.egressNetwork]) {
      const network = await engine.findNetwork(name);
      if (network !== undefined && isOwn(network, clusterName)) await engine.removeNetwork(name);
    }
    return { result: 'done' };
  },
};

export function nodeNetworkSpec(plan: ClusterPlan): NetworkSpec {
  const { name, bridge, cidr, gateway, mtu } = plan.nodeNetwork;
  const addressing: Addressing = {
    nodeCidr: cidr,
    podCidr: plan.podCidr,
    serviceCidr: plan.serviceCidr,
    nat64Prefix: plan.nat64.prefix,
    apiPort: plan.api.port,
  };
  return {
    name,
    labels: {
      [labels.cluster]: plan.clusterName,
      [labels.role]: 'node-network',
      [labels.addressing]: JSON.stringify(addressing),
    },
    ipv4: false,
    ipv6: true,
    ipv6Subnet: cidr,
    ipv6Gateway: gateway,
    options: {
      'com.docker.network.bridge.name': bridge,
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
      'com.docker.network.driver.mtu': String(mtu),
    },
  };
}

export function egressNetworkSpec(plan: ClusterPlan): NetworkSpec {
  const { name, bridge, mtu } = plan.egressNetwork;
  return {
    name,
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'egress-network' },
    ipv4: true,
    ipv6: true,
    options: { 'com.docker.network.bridge.name': bridge, 'com.docker.network.driver.mtu': String(mtu) },
  };
}
