import { noParameterProblems, type Case } from './case.js';

/** ICMPv6 errors of the client's about a packet of the server's: type, code, then what the server is told (RFC 7915 5.2). */
const errors: [icmp6: string, name: string, icmp4: string | undefined][] = [
  ['ICMPv6DestUnreach(code=0)', 'no route', 'ICMP(type=3,code=1)'],
  ['ICMPv6DestUnreach(code=1)', 'prohibited', 'ICMP(type=3,code=10)'],
  ['ICMPv6DestUnreach(code=2)', 'beyond scope', 'ICMP(type=3,code=1)'],
  ['ICMPv6DestUnreach(code=3)', 'address unreachable', 'ICMP(type=3,code=1)'],
  ['ICMPv6DestUnreach(code=4)', 'port unreachable', 'ICMP(type=3,code=3)'],
  ['ICMPv6DestUnreach(code=5)', 'source address failed policy', undefined],
  ['ICMPv6DestUnreach(code=6)', 'reject route', undefined],
  ['ICMPv6TimeExceeded(code=0)', 'hop limit exceeded', 'ICMP(type=11,code=0)'],
  ['ICMPv6TimeExceeded(code=1)', 'reassembly time exceeded', 'ICMP(type=11,code=1)'],
  ['ICMPv6ParamProblem(code=1,ptr=6)', 'unknown next header', 'ICMP(type=3,code=2)'],
  ['ICMPv6ParamProblem(code=2,ptr=48)', 'unknown option', undefined],
  ['ICMPv6Unknown(type=100)', 'private experimentation', undefined],
];

/** RFC 7915 figure 6. */
const pointers: [ipv6: number, ipv4: number | undefined][] = [
  [0, 0],
  [1, 1],
  [2, undefined],
  [3, undefined],
  [4, 2],
  [5, 2],
  [6, 9],
  [7, 8],
  [8, 12],
  [23, 12],
  [24, 16],
  [39, 16],
  [40, undefined],
];

const mtus: [mtu: number, told: number][] = [
  [1280, 1260],
  [1400, 1380],
  [1500, 1480],
];

// The client quotes the packet as it got it.
const quoted6 = 'down6()/UDP(sport=7,dport=P)/b"open"';
const quoted4 = 'down4(ttl=64-HOPS,flags=SMALL)/UDP(sport=7,dport=P)/b"open"';
const down = { flow: 'udp answered', from: 'client' } as const;

export const icmpUpCases: Case[] = [
  ...errors.map(([icmp6, name, icmp4]): Case => ({
    rfc: '5.2',
    what: `${icmp6} (${name}) ${icmp4 === undefined ? 'is dropped' : `becomes ${icmp4}`}`,
    ...down,
    send: `up6()/${icmp6}/${quoted6}`,
    ...(icmp4 === undefined ? {} : { out: `up4()/${icmp4}/${quoted4}` }),
    ...(name === 'address unreachable'
      ? { differs: { tayga: { because: 'it knows ICMPv6 1/0, 1/1, 1/2 and 1/4 only' } } }
      : {}),
  })),
  ...pointers.map(([ipv6, ipv4]): Case => ({
    rfc: '5.2',
    what: `parameter problem: pointer ${ipv6} ${ipv4 === undefined ? 'has no counterpart' : `becomes ${ipv4}`}`,
    ...down,
    send: `up6()/ICMPv6ParamProblem(code=0,ptr=${ipv6})/${quoted6}`,
    ...(ipv4 === undefined
      ? {}
      : { out: `up4()/ICMP(type=12,code=0,ptr=${ipv4})/${quoted4}`, differs: noParameterProblems }),
  })),
  ...mtus.map(([mtu, told]): Case => ({
    rfc: '5.2',
    what: `packet too big, MTU ${mtu}: the server is told ${told}`,
    ...down,
    send: `up6()/ICMPv6PacketTooBig(mtu=${mtu})/${quoted6}`,
    out: `up4()/ICMP(type=3,code=4,nexthopmtu=${told})/${quoted4}`,
  })),
  {
    rfc: '5.3',
    what: 'inner TCP packet',
    flow: 'tcp answered',
    from: 'client',
    send: 'up6()/ICMPv6DestUnreach(code=1)/down6()/TCP(sport=80,dport=P,flags="SA",seq=5000,ack=1001)',
    out: 'up4()/ICMP(type=3,code=10)/down4(ttl=64-HOPS,flags=SMALL)/TCP(sport=80,dport=P,flags="SA",seq=5000,ack=1001)',
  },
  {
    rfc: '5.3',
    what: 'inner echo reply',
    differs: { tayga: { because: 'errors about echo replies are lost on the way' } },
    flow: 'echo answered',
    from: 'client',
    send: 'up6()/ICMPv6DestUnreach(code=1)/down6()/ICMPv6EchoReply(id=P,seq=1,data=b"open")',
    out: 'up4()/ICMP(type=3,code=10)/down4(ttl=64-HOPS,flags=SMALL)/ICMP(type=0,id=P,seq=1)/b"open"',
  },
  {
    rfc: '5.2',
    what: 'an error about a flow that is not there is dropped',
    from: 'client',
    send: `up6()/ICMPv6DestUnreach(code=4)/${quoted6}`,
  },
  {
    rfc: '5.3, RFC 4443 2.4',
    what: 'an error about an error is dropped',
    ...down,
    send: 'up6()/ICMPv6DestUnreach(code=4)/down6()/ICMPv6DestUnreach(code=4)/up6()/UDP(sport=P,dport=7)',
  },
  {
    rfc: '5.2',
    what: 'an error with a wrong checksum is dropped',
    ...down,
    send: `up6()/ICMPv6DestUnreach(code=4,cksum=0x1234)/${quoted6}`,
  },
];
