import { isOwn } from '../cluster/foreign-objects.js';
import type { RemovalStep, UpStep } from '../cluster/step.js';

/** The nodes' network: IPv6 only, without the engine's masquerade, so that egress rules are ours alone on every engine version. */
export const ensureNodeNetwork: UpStep = {
  id: 'node-network',
  title: 'node network',
  after: ['record'],
  run: async ({ engine, plan }) => {
    if ((await engine.findNetwork(plan.nodeNetwork.name)) !== undefined) return { result: 'unchanged' };
    await engine.createNetwork(plan.networks.node);
    return { result: 'done', text: `${plan.nodeNetwork.name} ${plan.nodeNetwork.cidr}` };
  },
};

/** The helpers' way out. */
export const ensureEgressNetwork: UpStep = {
  id: 'egress-network',
  title: 'egress network',
  after: ['record'],
  run: async ({ engine, plan }) => {
    if ((await engine.findNetwork(plan.egressNetwork.name)) !== undefined) return { result: 'unchanged' };
    await engine.createNetwork(plan.networks.egress);
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
