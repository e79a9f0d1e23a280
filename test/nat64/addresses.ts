import { parseIpv4Address } from '../../src/net/address.js';
import { embedIpv4 } from '../../src/net/embed.js';
import { parseIpv4Cidr } from '../../src/net/cidr.js';
import type { ClusterPlan } from '../../src/plan/types.js';
import { samplePlan } from '../support/sample-plan.js';

/** Addresses of the stage (topology.ts); the translator's own are those of a real cluster's plan. */
export const addresses = {
  /** A node's, or a pod's behind a node's masquerade. */
  client: 'fd00:20::3',
  translator: { ipv4: '192.0.2.2', ipv6: '2001:db8:2::2' },
  /** The next hop of the translator's egress leg. */
  router: { ipv4: '192.0.2.1', ipv6: '2001:db8:2::1' },
  server: { ipv4: '198.51.100.10', ipv6: '2001:db8:100::10' },
  /** The same server behind a link with an MTU of 1400. */
  narrow: { ipv4: '198.51.100.140', ipv6: '2001:db8:100::140' },
} as const;

export const macs = {
  client: '02:64:00:00:00:01',
  node: '02:64:00:00:00:02',
  egress: '02:64:00:00:00:03',
  router: '02:64:00:00:00:04',
} as const;

export type EngineName = ClusterPlan['nat64']['engine'];

/** A plan as `up` makes it, on an engine whose networks are Docker's default and the egress leg's. */
export function stagePlan(engine: EngineName, mtu = 1500): ClusterPlan {
  const plan = samplePlan({
    mtu,
    networks: [
      { name: 'bridge', bridge: 'docker0', subnets: ['172.17.0.0/16'] },
      { name: 'kubeadm-dind-egress', bridge: undefined, subnets: [parseIpv4Cidr('192.0.2.0/24')] },
    ],
  });
  return { ...plan, nat64: { ...plan.nat64, engine } };
}

/** An IPv4 address as the client addresses it. */
export function embedded(plan: ClusterPlan, ipv4: string): string {
  return embedIpv4(plan.nat64.prefix, parseIpv4Address(ipv4));
}
