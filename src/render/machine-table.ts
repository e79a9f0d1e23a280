import type { Ipv4Cidr, Ipv6Address, Ipv6Cidr } from '../net/types.js';
import { renderUnserved } from './egress.js';

/** A whole machine as a node, and what its pods may reach. */
export interface MachineTable {
  /** Of the machine on the node network. */
  address: Ipv6Address;
  nodeCidr: Ipv6Cidr;
  podCidr: Ipv6Cidr;
  serviceCidr: Ipv6Cidr;
  supportCidr: Ipv6Cidr;
  nat64Prefix: Ipv6Cidr;
  allowAaaaUse: boolean;
}

/**
 * The nftables file of a machine that is a node. As in a node that is a container (render/egress.ts), but for pods alone: what the machine itself
 * sends, and what it forwards for others, is its owner's. Nothing here accepts what a rule of the owner's drops.
 */
export function renderMachineTable(plan: MachineTable): string {
  const { address, nodeCidr, podCidr, serviceCidr, supportCidr, nat64Prefix } = plan;
  const inside = `{ ${podCidr}, ${serviceCidr}, ${nodeCidr}, fe80::/10, ff00::/8 }`;
  return [
    'table ip6 dind64_hosts',
    'delete table ip6 dind64_hosts',
    'table ip6 dind64_hosts {',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    ip6 saddr != ${podCidr} return`,
    `    ip6 daddr ${inside} return`,
    // On the host of NAT64 the way there leaves by another interface than the node network's.
    `    ip6 daddr { ${nat64Prefix}, ${supportCidr} } snat to ${address}`,
    ...(plan.allowAaaaUse ? ['    masquerade'] : []),
    '  }',
    '  chain forward {',
    '    type filter hook forward priority filter - 1; policy accept;',
    `    ip6 saddr != ${podCidr} return`,
    `    ip6 daddr ${inside} return`,
    // NAT leaves such a packet alone, and it would leave with the pod's own address.
    '    ct state invalid counter drop',
    ...(plan.allowAaaaUse
      ? []
      : [
          // The way back of what came in from outside (a published port) is not a way out.
          '    ct direction reply return',
          `    ip6 daddr { ${nat64Prefix}, ${supportCidr} } return`,
          '    meta l4proto udp counter reject with icmpv6 type admin-prohibited',
          '    counter reject with icmpv6 type no-route',
        ]),
    '  }',
    ...renderUnserved(serviceCidr),
    '}',
    '',
  ].join('\n');
}

/** On the machine of NAT64: what has been translated leaves by the machine's own IPv4 address. */
export function renderTranslatedTable({ bridge, cidr }: { bridge: string; cidr: Ipv4Cidr }): string {
  return [
    'table ip dind64_hosts',
    'delete table ip dind64_hosts',
    'table ip dind64_hosts {',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    iifname "${bridge}" oifname != "${bridge}" ip saddr ${cidr} masquerade`,
    '  }',
    '}',
    '',
  ].join('\n');
}
