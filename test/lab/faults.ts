import type { LabLeak, LabSwitch } from './types.js';
import { secondUplink, uplink } from './sites.js';

/** Runs nft in the internet's namespace with this text on its stdin (none: only the arguments). */
export type RunNft = (argv: string[], stdin?: string) => Promise<string>;

const flow4 = 'ip saddr . ip daddr . ip protocol';
const flow6 = 'ip6 saddr . ip6 daddr . ip6 nexthdr';
/** What is kept, by the kind and family of the source. */
const sets = {
  uniqueLocal6: flow6,
  privateIpv44: flow4,
  nat64Pool4: flow4,
  otherForeign4: flow4,
  otherForeign6: flow6,
};

/**
 * What a real access network does: packets with a source that is not the customer's go nowhere (BCP 38). Here it is kept whom they came from too,
 * so that a test can say that none was sent. The unspecified address is nobody's: it asks who one is (DAD, DHCP) or joins a group (RFC 3376, 4.2.13).
 */
export const guardRules = `table inet lab_guard {
${Object.entries(sets)
  .map(([name, flow]) => `  set ${name} { typeof ${flow}; size 1000; flags dynamic; counter; }`)
  .join('\n')}
  chain sources {
    type filter hook prerouting priority raw; policy accept;
    iifname != { "uplink", "uplink2" } accept
    ip6 saddr fc00::/7 ${keep('uniqueLocal6')}
    ip saddr { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 } ${keep('privateIpv44')}
    ip saddr 198.18.0.0/15 ${keep('nat64Pool4')}
    iifname "uplink" ip saddr != { 0.0.0.0, ${uplink.ipv4Subnet} } ${keep('otherForeign4')}
    iifname "uplink" ip6 saddr != { ::/128, fe80::/10, ${uplink.ipv6Subnet} } ${keep('otherForeign6')}
    iifname "uplink2" ip saddr != { 0.0.0.0, ${secondUplink.ipv4Subnet} } ${keep('otherForeign4')}
    iifname "uplink2" ip6 saddr != { ::/128, fe80::/10, ${secondUplink.ipv6Subnet} } ${keep('otherForeign6')}
  }
}
`;

function keep(set: keyof typeof sets): string {
  return `update @${set} { ${sets[set]} } drop`;
}

interface SeenFlow {
  elem: { val: { concat: (string | number)[] }; counter: { packets: number } };
}

export async function readLeaks(nft: RunNft): Promise<LabLeak[]> {
  const { nftables } = JSON.parse(await nft(['-j', 'list', 'table', 'inet', 'lab_guard'])) as {
    nftables: { set?: { name: string; elem?: SeenFlow[] } }[];
  };
  return nftables.flatMap(({ set }) =>
    (set?.elem ?? []).map(({ elem }): LabLeak => {
      const [source, target, protocol] = elem.val.concat;
      return {
        kind: (set?.name ?? '').slice(0, -1),
        source: String(source),
        target: String(target),
        protocol: String(protocol),
        packets: elem.counter.packets,
      };
    }),
  );
}

/** Forgets what was seen. */
export async function resetLeaks(nft: RunNft): Promise<void> {
  await nft(
    ['-f', '-'],
    Object.keys(sets)
      .map((name) => `flush set inet lab_guard ${name}\n`)
      .join(''),
  );
}

/** A fault is a table of its own, so that it can be added and removed without a look at the others. */
export function nftSwitch(nft: RunNft, name: keyof typeof faultRules): LabSwitch {
  const table = `inet lab_fault_${name}`;
  const gone = `table ${table}\ndelete table ${table}\n`;
  return {
    on: async () => {
      await nft(['-f', '-'], `${gone}table ${table} {\n${faultRules[name]}\n}\n`);
    },
    off: async () => {
      await nft(['-f', '-'], gone);
    },
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
