import type { LabLeaks, LabSwitch } from './types.js';
import { secondUplink, uplink } from './sites.js';

/** Runs nft in the internet's namespace with this text on its stdin (none: only the arguments). */
export type RunNft = (argv: string[], stdin?: string) => Promise<string>;

/**
 * What a real access network does: packets with a source that is not the customer's go nowhere (BCP 38). Here they are
 * counted too, so that a test can say that none was sent.
 */
export const guardRules = `table inet lab_guard {
  counter uniqueLocal { }
  counter privateIpv4 { }
  counter nat64Pool { }
  counter otherForeign { }
  chain sources {
    type filter hook prerouting priority raw; policy accept;
    iifname != { "uplink", "uplink2" } accept
    ip6 saddr fc00::/7 counter name uniqueLocal drop
    ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 } counter name privateIpv4 drop
    ip saddr 198.18.0.0/15 counter name nat64Pool drop
    iifname "uplink" ip saddr != ${uplink.ipv4Subnet} counter name otherForeign drop
    iifname "uplink" ip6 saddr != { ::/128, fe80::/10, ${uplink.ipv6Subnet} } counter name otherForeign drop
    iifname "uplink2" ip saddr != ${secondUplink.ipv4Subnet} counter name otherForeign drop
    iifname "uplink2" ip6 saddr != { ::/128, fe80::/10, ${secondUplink.ipv6Subnet} } counter name otherForeign drop
  }
}
`;

export async function readLeaks(nft: RunNft): Promise<LabLeaks> {
  const listing = JSON.parse(await nft(['-j', 'list', 'counters', 'table', 'inet', 'lab_guard'])) as { nftables: { counter?: { name: string; packets: number } }[] };
  const leaks: LabLeaks = { uniqueLocal: 0, privateIpv4: 0, nat64Pool: 0, otherForeign: 0 };
  for (const { counter } of listing.nftables) if (counter !== undefined) leaks[counter.name as keyof LabLeaks] = counter.packets;
  return leaks;
}

/** A fault is a table of its own, so that it can be added and removed without a look at the others. */
export function nftSwitch(nft: RunNft, name: keyof typeof faultRules): LabSwitch {
  const table = `inet lab_fault_${name}`;
  const gone = `table ${table}\ndelete table ${table}\n`;
  return {
    on: async () => { await nft(['-f', '-'], `${gone}table ${table} {\n${faultRules[name]}\n}\n`); },
    off: async () => { await nft(['-f', '-'], gone); },
  };
}

const neighbours = 'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert }';
const fromHost = 'type filter hook prerouting priority filter; iifname != { "uplink", "uplink2" } accept';
const dropMessages = `${neighbours} accept\n    meta l4proto { icmp, ipv6-icmp } drop`;

const faultRules = {
  silentDns: `  chain in { ${fromHost}\n    meta l4proto { tcp, udp } th dport 53 drop; }`,
  dropIcmp: `  chain in { type filter hook prerouting priority filter;\n    ${dropMessages}; }\n  chain out { type filter hook output priority filter;\n    ${dropMessages}; }`,
  dropIpv4: `  chain in { ${fromHost}\n    meta nfproto ipv4 drop; }`,
  dropIpv6: `  chain in { ${fromHost}\n    ${neighbours} accept\n    meta nfproto ipv6 drop; }`,
};
