import type { BareNode, PlanCore, RoutePlan } from './types.js';

/** Ahead of the engine's default route, whose metric is the kernel's 1024. */
const refusingMetric = 64;

/** Behind every other route. */
const lastMetric = 4_294_967_295;

/**
 * The routes of a node. What has no way out goes to NAT64, which refuses it in milliseconds (its detour; an answer of the node's own would
 * come while connect() holds its socket, which then waits a second): without AAAA use everything outside, by a default route ahead of the
 * engine's; with it cloud metadata. What is in the pod CIDR and has no route of its own (a pod that is gone) has no way: the default route
 * would take it to the uplink. Any route of a CNI plugin's goes before.
 */
export function planRoutes(plan: PlanCore, node: BareNode): RoutePlan[] {
  const { mode, nat64, host, podCidr, cni, nodes } = plan;
  const route = (destination: RoutePlan['destination'], more: Pick<RoutePlan, 'via' | 'leadsTo'>): RoutePlan => ({
    destination,
    metric: undefined,
    madeBy: 'node',
    ...more,
  });
  const refused = { via: nat64.address, leadsTo: 'NAT64, which refuses' };
  const others = cni.kind === 'ptp' ? nodes.filter(({ name }) => name !== node.name) : [];
  const toNat64 = route(nat64.prefix, { via: nat64.address, leadsTo: 'NAT64' });
  // All other ways are the ones that the cluster has.
  if (plan.attached !== undefined) return [toNat64];
  return [
    toNat64,
    ...(mode.aaaa
      ? host.refusedDestinations.map((cidr) => route(cidr, refused))
      : [{ ...route('default', refused), metric: refusingMetric }]),
    { ...route(podCidr, { via: undefined, leadsTo: 'nothing' }), metric: lastMetric },
    ...others.map(({ name, address, podCidr: itsPods }) => route(itsPods, { via: address, leadsTo: name })),
    ...(mode.aaaa
      ? [{ ...route('default', { via: host.gateway, leadsTo: 'the engine host' }), madeBy: 'engine' as const }]
      : []),
  ];
}
