import { indexes } from '../plan/addressing.js';
import { nthAddress, subnet } from '../net/cidr.js';
import type { Ipv6Cidr } from '../net/types.js';
import type { ClusterPlan } from '../plan/types.js';

/**
 * The nftables file of every node: what leaves for the helpers, the gateway and the world is masqueraded to the node's own address;
 * pods, services and nodes never are. Without AAAA use there is no direct way out: what is not cluster, helper or NAT64 prefix
 * is rejected, by NAT64 or here, so that no unique-local source reaches an uplink.
 */
export function renderEgressTable(
  plan: Pick<ClusterPlan, 'podCidr' | 'serviceCidr' | 'nodeNetwork' | 'nat64' | 'cni'>,
  aaaa: boolean,
): string {
  const { nodeNetwork, podCidr, serviceCidr } = plan;
  const nodeRange = subnet(nodeNetwork.cidr, 120, 0n);
  const gateway = nthAddress(nodeNetwork.cidr, BigInt(indexes.gateway));
  return [
    'table ip6 dind64_egress',
    'delete table ip6 dind64_egress',
    'table ip6 dind64_egress {',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ip6 saddr != ${podCidr} return`,
    `    ip6 daddr ${gateway} masquerade`,
    `    ip6 daddr { ${podCidr}, ${serviceCidr}, ${nodeRange}, fe80::/10, ff00::/8 } return`,
    '    masquerade',
    '  }',
    // Not first in a connection and not of a known one: NAT leaves such a packet alone, and it would leave with the pod's own address.
    '  chain invalid {',
    '    type filter hook forward priority filter - 1; policy accept;',
    `    ip6 saddr ${podCidr} ip6 daddr != { ${podCidr}, ${serviceCidr}, ${nodeRange} } ct state invalid counter drop`,
    '  }',
    ...renderUnserved(serviceCidr),
    ...(aaaa ? [] : renderRejects(plan)),
    '}',
    '',
  ].join('\n');
}

/**
 * Chains that drop what is still addressed to a service behind kube-proxy's rules: it has none yet, or none for it. The default route would take it
 * to the uplink. Dropped and not refused: what is asked again in a second finds kube-proxy ready.
 */
export function renderUnserved(serviceCidr: Ipv6Cidr): string[] {
  return (['forward', 'output'] as const).flatMap((hook) => [
    `  chain unserved_${hook} {`,
    `    type filter hook ${hook} priority filter - 1; policy accept;`,
    `    ip6 daddr ${serviceCidr} counter drop`,
    '  }',
  ]);
}

function renderRejects(plan: Pick<ClusterPlan, 'podCidr' | 'serviceCidr' | 'nodeNetwork' | 'nat64'>): string[] {
  const inside = `{ ::1, ${plan.nodeNetwork.cidr}, ${plan.nat64.prefix}, ${plan.podCidr}, ${plan.serviceCidr}, fe80::/10, ff00::/8 }`;
  return (['forward', 'output'] as const).flatMap((hook) => [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority filter; policy accept;`,
    // The way back of what came in from outside (a published port) is not a way out.
    '    ct direction reply accept',
    `    ip6 daddr ${inside} accept`,
    // Where the routes lead what has no way out (render/node-files.ts). Should that route be gone, the node refuses, only slower.
    `    rt ip6 nexthop ${plan.nat64.address} accept`,
    // As NAT64 refuses (render/nat64-rules.ts): UDP hears of nothing less.
    '    meta l4proto udp counter reject with icmpv6 type admin-prohibited',
    '    counter reject with icmpv6 type no-route',
    '  }',
  ]);
}
