import { cidrLength, networkAddress } from '../net/cidr.js';
import { embedIpv4 } from '../net/embed.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Ipv4Cidr, Ipv6Cidr } from '../net/types.js';

/** Mark of what will be refused; images/nat64 knows it too. */
const detourMark = '0x40';

/** Marks of images/nat64/bpf: what it has translated, and why it wants a packet dropped. */
const translatedMark = '0x6400';
/** The same, past the rules of IPv6, where packets are counted. */
const shortcutMark = '0x6406';
const dropMarks: Readonly<Record<string, string>> = {
  malformed: '0x6401',
  no_mapping: '0x6402',
  pool_full: '0x6403',
  zero_checksum: '0x6404',
  unknown_icmp: '0x6405',
};
/** Beside the length of a datagram in the mark: as it is, or one that may be fragmented (images/nat64 routes it by this). */
const lengthMark = '0x640000';
const mayFragmentMark = '0x650000';
/** 1280 as IPv6. */
const leastIpv4Mtu = 1260;

/**
 * The NAT64 container's whole firewall, one nftables file that replaces itself atomically. It is loaded with
 * `nft -D node=INTERFACE -D egress=INTERFACE -f`: the engine names the legs, and only the container knows how.
 */
export function renderNat64Rules({
  nodeNetwork,
  nat64,
  host,
}: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'host'>): string {
  const refused = nat64.deny.map((cidr) => ({ name: counterName(cidr), range: embedCidr(nat64.prefix, cidr) }));
  return [
    'table inet dind64',
    'delete table inet dind64',
    'table inet dind64 {',
    ...[
      'out',
      'in',
      'by_ebpf',
      'by_tayga',
      ...Object.keys(dropMarks),
      'invalid',
      'over_limit',
      ...refused.map(({ name }) => name),
    ].map((name) => `  counter ${name} {}`),
    '  set refused {',
    '    type ipv6_addr; flags interval',
    `    elements = { ${refused.map(({ range }) => range).join(', ')} }`,
    '  }',
    '',
    // While it has its element, no new connection is let through (the packet comes from lib/dind64/bounce).
    '  set full {',
    '    type nf_proto; size 1; flags dynamic,timeout; timeout 500ms',
    '  }',
    '',
    // Before the kernel reassembles: what the fast path hands back is counted, or dropped and counted.
    '  chain translated {',
    '    type filter hook prerouting priority -450; policy accept;',
    '    iifname "bounce" meta nfproto ipv4 add @full { meta nfproto } drop',
    '    iifname != "nat64" accept',
    `    meta mark ${translatedMark} counter name by_ebpf meta mark set 0 accept`,
    `    meta mark ${shortcutMark} counter name by_ebpf counter name out meta mark set 0 accept`,
    '    meta mark 0 counter name by_tayga accept',
    ...Object.entries(dropMarks).map(([name, mark]) => `    meta mark ${mark} counter name ${name} drop`),
    '  }',
    '',
    // What needs no state on the IPv6 side, since the IPv4 side has it: half of the entries, and time. Pings and fragments do (below).
    '  chain stateless {',
    '    type filter hook prerouting priority raw; policy accept;',
    `    iifname { $node, "nat64" } meta l4proto { tcp, udp } ip6 daddr ${nat64.prefix} notrack`,
    `    iifname "nat64" meta l4proto { tcp, udp } ip6 saddr ${nat64.prefix} notrack`,
    '  }',
    '',
    // The kernel has reassembled and fragments again: each fragment keeps the length of the whole, which the checksum of ICMPv6 covers.
    '  chain lengths {',
    '    type filter hook prerouting priority -151; policy accept;',
    `    iifname $node icmpv6 type { echo-request, echo-reply } meta mark set meta length | ${lengthMark}`,
    '    iifname != $egress accept',
    `    ip frag-off & 0x4000 == 0 meta length > ${leastIpv4Mtu} meta mark set meta length | ${mayFragmentMark} accept`,
    `    ip protocol icmp meta mark set meta length | ${lengthMark}`,
    '  }',
    '',
    '  chain refuse {',
    ...refused.map(
      ({ name, range }) => `    ip6 daddr ${range} counter name ${name} reject with icmpv6 admin-prohibited`,
    ),
    '  }',
    '',
    '  chain refuse_new {',
    '    counter name over_limit reject with icmp type admin-prohibited',
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
    // A UDP socket is told of no `no route` (Linux, icmpv6_err_convert: not fatal), and would wait for its answer.
    `    ip6 daddr != ${nat64.prefix} meta l4proto udp reject with icmpv6 admin-prohibited`,
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
    '    iifname "nat64" oifname $egress ct state invalid counter name invalid drop',
    '    iifname "nat64" oifname $egress ct state new meta nfproto @full goto refuse_new',
    `    iifname "nat64" oifname $egress ip saddr ${nat64.pool} accept`,
    '    iifname $egress oifname "nat64" ct state established,related counter name in accept',
    '    iifname "nat64" oifname $node meta nfproto ipv6 accept',
    '  }',
    '',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname "lo" accept',
    '    ct state established,related accept',
    '    meta l4proto { icmp, icmpv6 } accept',
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
