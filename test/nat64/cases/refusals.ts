import type { Case } from './case.js';

const prohibited = 'ICMPv6DestUnreach(code=1)';

/** What is not translated, and what its sender is told: not RFC 7915's, but the product's own (src/render/nat64-rules.ts). */
export const refusalCases: Case[] = [
  ...Object.entries({
    'this host': '0000:0001',
    loopback: '7f00:0001',
    'link-local (cloud metadata)': 'a9fe:a9fe',
    multicast: 'e000:00fb',
    reserved: 'f000:0001',
    broadcast: 'ffff:ffff',
    "the translator's pool": 'c612:0005',
    'a network of the engine': 'ac11:0001',
    'cloud metadata (DIND_NAT64_DENY)': 'a83f:8110',
  }).map(([name, address]): Case => ({
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: `refused with an answer: ${name}`,
    from: 'client',
    send: `up6(dst=NET+"${address}")/UDP(sport=P,dport=7)/b"x"`,
    back: prohibited,
  })),
  {
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: "hairpin: the translator's own IPv4 address through the prefix is refused with an answer",
    from: 'client',
    send: 'up6(dst=NET+"c000:0202")/UDP(sport=P,dport=7)/b"x"',
    back: prohibited,
  },
  {
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: 'TCP is refused with an answer, too',
    from: 'client',
    send: 'up6(dst=NET+"a9fe:a9fe")/TCP(sport=P,dport=80,flags="S")',
    back: prohibited,
  },
  {
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: 'outside of the prefix: no route',
    from: 'client',
    send: 'up6(dst="2001:db8:100::10")/TCP(sport=P,dport=80,flags="S")',
    back: 'ICMPv6DestUnreach(code=0)',
  },
  {
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: 'outside of the prefix: UDP is prohibited, since Linux tells a UDP socket of no missing route',
    from: 'client',
    send: 'up6(dst="2001:db8:100::10")/UDP(sport=P,dport=7)/b"x"',
    back: prohibited,
  },
  {
    rfc: 'docs/settings.md, DIND_NAT64_DENY',
    what: 'a source that is no node gets nothing',
    from: 'client',
    send: 'up6(src="fd99::1")/UDP(sport=P,dport=7)/b"x"',
  },
  {
    rfc: '5.2',
    what: "the IPv4 side's MTU of 1400: packet too big, MTU 1420",
    egressMtu: 1400,
    from: 'client',
    send: 'up6()/TCP(sport=P,dport=80,flags="S")/fill(1400)',
    back: 'ICMPv6PacketTooBig(mtu=1420)',
  },
  {
    rfc: '5.2',
    what: "the IPv4 side's MTU of 1400: 1420 bytes pass",
    egressMtu: 1400,
    from: 'client',
    send: 'up6()/TCP(sport=P,dport=80,flags="S")/fill(1360)',
    out: 'up4(flags="DF")/TCP(sport=P,dport=80,flags="S")/fill(1360)',
  },
];
