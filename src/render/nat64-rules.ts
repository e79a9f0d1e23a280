import { cidrLength, networkAddress } from '../net/cidr.js';
import { embedIpv4 } from '../net/embed.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Ipv4Cidr, Ipv6Cidr } from '../net/types.js';

/** Mark of what will be refused; images/nat64 knows it too. */
const detourMark = '0x40';

/**
 * The NAT64 container's whole firewall, one nftables file that replaces itself atomically. It is loaded with
 * `nft -D node=INTERFACE -D egress=INTERFACE -f`: the engine names the legs, and only the container knows how.
 */
export function renderNat64Rules({ nodeNetwork, nat64, host }: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'host'>): string {
  const refused = nat64.deny.map((cidr) => ({ name: counterName(cidr), range: embedCidr(nat64.prefix, cidr) }));
  return [
    'table inet dind64',
    'delete table inet dind64',
    'table inet dind64 {',
    ...['out', 'in', ...refused.map(({ name }) => name)].map((name) => `  counter ${name} {}`),
    '  set refused {',
    '    type ipv6_addr; flags interval',
    `    elements = { ${refused.map(({ range }) => range).join(', ')} }`,
    '  }',
    '',
    '  chain refuse {',
    ...refused.map(({ name, range }) => `    ip6 daddr ${range} counter name ${name} reject with icmpv6 admin-prohibited`),
    '  }',
    '',
    // Before routing, so that the start-up's rule for this mark leads over the device `bounce` (images/nat64).
    '  chain detour {',
    '    type filter hook prerouting priority mangle; policy accept;',
    '    iifname != $node accept',
    `    ip6 saddr ${nodeNetwork.cidr} ip6 daddr @refused meta mark set ${detourMark}`,
    `    ip6 saddr ${nodeNetwork.cidr} ip6 daddr != { ${nodeNetwork.cidr}, ${nat64.prefix}, fe80::/10, ff00::/8 } meta mark set ${detourMark}`,
    '  }',
    '',
    '  chain from_nodes {',
    `    ip6 saddr != ${nodeNetwork.cidr} drop`,
    // Nodes lead to here what must be refused quickly (render/node-files.ts).
    `    ip6 daddr { ${host.refusedDestinations.join(', ')} } reject with icmpv6 admin-prohibited`,
    `    ip6 daddr != ${nat64.prefix} reject with icmpv6 no-route`,
    '    ip6 daddr @refused goto refuse',
    '    oifname "nat64" counter name out accept',
    '  }',
    '',
    '  chain forward {',
    '    type filter hook forward priority filter; policy drop;',
    '    tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu',
    '    iifname $node oifname "bounce" accept',
    '    iifname { $node, "bounce" } goto from_nodes',
    // Netfilter translates no invalid packet: it would leave with an address of the pool.
    '    iifname "nat64" oifname $egress ct state invalid drop',
    `    iifname "nat64" oifname $egress ip saddr ${nat64.pool} accept`,
    '    iifname $egress oifname "nat64" ct state established,related counter name in accept',
    '    iifname "nat64" oifname $node meta nfproto ipv6 accept',
    '  }',
    '',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname "lo" accept',
    '    ct state established,related accept',
    '    meta l4proto { icmp, ipv6-icmp } accept',
    '  }',
    '',
    '  chain postrouting {',
    '    type nat hook postrouting priority srcnat; policy accept;',
    `    oifname $egress ip saddr ${nat64.pool} masquerade`,
    '  }',
    '}',
    '',
  ].join('\n');
}

/** `refused_10_0_0_0_8`: nftables names take no dots and slashes; the start-up scripts turn it back for people. */
function counterName(cidr: Ipv4Cidr): string {
  return `refused_${cidr.replaceAll(/[./]/g, '_')}`;
}

/** 10.0.0.0/8 in a /96 prefix is a /104. */
function embedCidr(prefix: Ipv6Cidr, cidr: Ipv4Cidr): string {
  return `${embedIpv4(prefix, networkAddress(cidr))}/${96 + cidrLength(cidr)}`;
}
