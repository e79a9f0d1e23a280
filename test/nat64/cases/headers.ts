import type { Case } from './case.js';

/** RFC 7915 5.1: the IPv6 header as an IPv4 header. */
const up: Case[] = [
  { rfc: '5.1, RFC 6052 2.2', what: 'addresses: the prefix is taken off', from: 'client', send: 'up6()/UDP(sport=P,dport=7)/b"hello"', out: 'up4()/UDP(sport=P,dport=7)/b"hello"' },
  { rfc: '5.1, RFC 6052 2.2', what: 'addresses: another IPv4 address, all octets', from: 'client', send: 'up6(dst=NET+"cb00:71fe")/UDP(sport=P,dport=7)/b"hello"', out: 'up4(dst="203.0.113.254")/UDP(sport=P,dport=7)/b"hello"' },
  { rfc: '5.1', what: 'next header 6', from: 'client', send: 'up6()/TCP(sport=P,dport=80,flags="S",options=[("SAckOK",b""),("Timestamp",(1,0)),("WScale",7)])', out: 'up4()/TCP(sport=P,dport=80,flags="S",options=[("SAckOK",b""),("Timestamp",(1,0)),("WScale",7)])' },
  { rfc: '5.1', what: 'next header 58 becomes protocol 1', from: 'client', send: 'up6()/ICMPv6EchoRequest(id=P,seq=7,data=b"hello")', out: 'up4()/ICMP(type=8,id=P,seq=7)/b"hello"' },
  ...[0x01, 0x02, 0x03, 0x28, 0xb8, 0xbb, 0xff].map((tc): Case => (
    { rfc: '5.1', what: `traffic class 0x${tc.toString(16)} is copied, ECN included`, from: 'client', send: `up6(tc=${tc})/UDP(sport=P,dport=7)/b"x"`, out: `up4(tos=${tc})/UDP(sport=P,dport=7)/b"x"` })),
  { rfc: '5.1', what: 'flow label is dropped', from: 'client', send: 'up6(fl=0xabcde)/UDP(sport=P,dport=7)/b"x"', out: 'up4()/UDP(sport=P,dport=7)/b"x"' },
  { rfc: '5.1', what: 'hop limit is one lower', from: 'client', send: 'up6(hlim=9)/UDP(sport=P,dport=7)/b"x"', out: 'up4(ttl=8)/UDP(sport=P,dport=7)/b"x"', differs: { tayga: { because: 'the kernel forwards to tayga and from it: two hops more', out: 'up4(ttl=6)/UDP(sport=P,dport=7)/b"x"' } } },
  { rfc: '5.1', what: 'hop limit 1: time exceeded', from: 'client', send: 'up6(hlim=1)/UDP(sport=P,dport=7)/b"x"', back: 'ICMPv6TimeExceeded(code=0)' },
  { rfc: '5.1', what: 'hop limit 1 of an echo request: time exceeded', from: 'client', send: 'up6(hlim=1)/ICMPv6EchoRequest(id=P)', back: 'ICMPv6TimeExceeded(code=0)' },
  { rfc: '5.1', what: 'hop limit 2 is enough', from: 'client', send: 'up6(hlim=2)/UDP(sport=P,dport=7)/b"x"', out: 'up4(ttl=1)/UDP(sport=P,dport=7)/b"x"', differs: { tayga: { because: 'the kernel forwards to tayga and from it: two hops more', back: 'ICMPv6TimeExceeded(code=0)' } } },
  { rfc: '5.1', what: 'up to 1260 bytes: may be fragmented on the way', from: 'client', send: 'up6()/UDP(sport=P,dport=7)/fill(1232)', out: 'up4(flags="")/UDP(sport=P,dport=7)/fill(1232)', differs: { tayga: { because: 'it sets DF on all that is no fragment, as RFC 6145 5.1 did', out: 'up4(flags="DF")/UDP(sport=P,dport=7)/fill(1232)' } } },
  { rfc: '5.1', what: 'over 1260 bytes: don\'t fragment', from: 'client', send: 'up6()/UDP(sport=P,dport=7)/fill(1233)', out: 'up4(flags="DF")/UDP(sport=P,dport=7)/fill(1233)' },
  { rfc: '5.1', what: '1500 bytes', from: 'client', send: 'up6()/UDP(sport=P,dport=7)/fill(1452)', out: 'up4(flags="DF")/UDP(sport=P,dport=7)/fill(1452)' },
  { rfc: '5.1', what: 'hop-by-hop options are skipped', from: 'client', send: 'up6()/IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\\0\\0")])/UDP(sport=P,dport=7)/b"x"', out: 'up4()/UDP(sport=P,dport=7)/b"x"' },
  { rfc: '5.1', what: 'destination options are skipped', from: 'client', send: 'up6()/IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\\0"*12)])/UDP(sport=P,dport=7)/b"x"', out: 'up4()/UDP(sport=P,dport=7)/b"x"' },
  { rfc: '5.1', what: 'a chain of options is skipped', from: 'client', send: 'up6()/IPv6ExtHdrHopByHop()/IPv6ExtHdrDestOpt()/IPv6ExtHdrDestOpt()/TCP(sport=P,dport=80,flags="S")', out: 'up4()/TCP(sport=P,dport=80,flags="S")' },
  { rfc: '5.1', what: 'a routing header that is used up is skipped', from: 'client', send: 'up6()/IPv6ExtHdrRouting(type=4,segleft=0,addresses=["fd00:20::9"])/UDP(sport=P,dport=7)/b"x"', out: 'up4()/UDP(sport=P,dport=7)/b"x"' },
  { rfc: '5.1', what: 'a routing header with segments left: parameter problem that points to them', from: 'client', send: 'up6()/IPv6ExtHdrRouting(type=4,segleft=1,addresses=["fd00:20::9"])/UDP(sport=P,dport=7)/b"x"', back: 'ICMPv6ParamProblem(code=0,ptr=43)', differs: { tayga: { because: 'it drops the packet without an answer' }, ebpf: { because: 'left to tayga, which drops the packet without an answer' } } },
];

const sourceRoutes = { because: 'the kernel drops what has a source route (net.ipv4.conf.all.accept_source_route=0)' };
const kernelDropsSourceRoutes: NonNullable<Case['differs']> = { tayga: sourceRoutes, ebpf: sourceRoutes };

/** RFC 7915 4.1: the IPv4 header as an IPv6 header. */
const down: Case[] = [
  { rfc: '4.1, RFC 6052 2.2', what: 'addresses: the prefix is put on', flow: 'udp', from: 'server', send: 'down4(flags="DF")/UDP(sport=7,dport=P)/b"hello"', out: 'down6()/UDP(sport=7,dport=P)/b"hello"' },
  { rfc: '4.1', what: 'protocol 6', flow: 'tcp', from: 'server', send: 'down4(flags="DF")/TCP(sport=80,dport=P,flags="SA",seq=9,ack=1001,options=[("Timestamp",(5,1)),("WScale",7)])', out: 'down6()/TCP(sport=80,dport=P,flags="SA",seq=9,ack=1001,options=[("Timestamp",(5,1)),("WScale",7)])' },
  { rfc: '4.1', what: 'protocol 1 becomes next header 58', flow: 'echo', from: 'server', send: 'down4(flags="DF")/ICMP(type=0,id=P,seq=1)/b"open"', out: 'down6()/ICMPv6EchoReply(id=P,seq=1,data=b"open")' },
  ...[0x01, 0x02, 0x03, 0x28, 0xb8, 0xbb, 0xff].map((tos): Case => (
    { rfc: '4.1', what: `ToS 0x${tos.toString(16)} is copied, ECN included; flow label 0`, flow: 'udp', from: 'server', send: `down4(flags="DF",tos=${tos})/UDP(sport=7,dport=P)/b"x"`, out: `down6(tc=${tos},fl=0)/UDP(sport=7,dport=P)/b"x"` })),
  { rfc: '4.1', what: 'TTL is one lower', flow: 'udp', from: 'server', send: 'down4(flags="DF",ttl=9)/UDP(sport=7,dport=P)/b"x"', out: 'down6(hlim=8)/UDP(sport=7,dport=P)/b"x"', differs: { tayga: { because: 'the kernel forwards to tayga and from it: two hops more', out: 'down6(hlim=6)/UDP(sport=7,dport=P)/b"x"' } } },
  { rfc: '4.1', what: 'TTL 1: time exceeded', flow: 'udp', from: 'server', send: 'down4(flags="DF",ttl=1)/UDP(sport=7,dport=P)/b"x"', back: 'ICMP(type=11,code=0)' },
  { rfc: '4.1', what: 'may be fragmented, and is small: no fragment header', flow: 'udp', from: 'server', send: 'down4(id=77)/UDP(sport=7,dport=P)/b"x"', out: 'down6()/UDP(sport=7,dport=P)/b"x"' },
  { rfc: '4.1', what: 'may be fragmented, and becomes 1280 bytes: no fragment header', flow: 'udp', from: 'server', send: 'down4(id=77)/UDP(sport=7,dport=P)/fill(1232)', out: 'down6()/UDP(sport=7,dport=P)/fill(1232)' },
  { rfc: '4.1', what: 'may be fragmented, and becomes longer than the link: arrives in fragments', flow: 'udp', from: 'server', send: 'down4(id=77)/UDP(sport=7,dport=P)/fill(1472)', out: 'down6()/UDP(sport=7,dport=P)/fill(1472)', whole: true },
  { rfc: '4.1', what: 'must not be fragmented, and fits', flow: 'udp', from: 'server', send: 'down4(flags="DF")/UDP(sport=7,dport=P)/fill(1452)', out: 'down6()/UDP(sport=7,dport=P)/fill(1452)' },
  { rfc: '4.1', what: 'must not be fragmented, and is too big: fragmentation needed, MTU 1480', flow: 'udp', from: 'server', send: 'down4(flags="DF")/UDP(sport=7,dport=P)/fill(1453)', back: 'ICMP(type=3,code=4,nexthopmtu=1480)' },
  { rfc: '4.1', what: 'options are ignored', flow: 'udp', from: 'server', send: 'down4(flags="DF",options=[IPOption_NOP(),IPOption_NOP(),IPOption_NOP(),IPOption_EOL()])/UDP(sport=7,dport=P)/b"x"', out: 'down6()/UDP(sport=7,dport=P)/b"x"' },
  { rfc: '4.1', what: 'a source route that is used up is ignored', differs: kernelDropsSourceRoutes, flow: 'udp', from: 'server', send: 'down4(flags="DF",options=[IPOption_LSRR(pointer=8,routers=["192.0.2.77"])])/UDP(sport=7,dport=P)/b"x"', out: 'down6()/UDP(sport=7,dport=P)/b"x"' },
  { rfc: '4.1', what: 'a source route that goes on is not translated', flow: 'udp', from: 'server', send: 'down4(flags="DF",options=[IPOption_LSRR(pointer=4,routers=["192.0.2.77"])])/UDP(sport=7,dport=P)/b"x"' },
  { rfc: 'RFC 6146 3.5', what: 'what belongs to no flow does not come in', from: 'server', send: ['down4(flags="DF")/UDP(sport=7,dport=P)/b"x"', 'down4(flags="DF")/TCP(sport=7,dport=P,flags="S")', 'down4(flags="DF")/ICMP(type=0,id=P)/b"x"'] },
];

export const headerCases: Case[] = [...up, ...down];
