import { noParameterProblems, type Case } from './case.js';

/** ICMP types that are no errors: echo is translated, the rest is not (RFC 7915 4.2 and 5.2). */
const queries: Case[] = [
  {
    rfc: '5.2',
    what: 'echo request',
    from: 'client',
    send: 'up6()/ICMPv6EchoRequest(id=P,seq=3,data=b"abc")',
    out: 'up4()/ICMP(type=8,id=P,seq=3)/b"abc"',
  },
  {
    rfc: '4.2',
    what: 'echo reply',
    flow: 'echo',
    from: 'server',
    send: 'down4(flags="DF")/ICMP(type=0,id=P,seq=1)/b"open"',
    out: 'down6()/ICMPv6EchoReply(id=P,seq=1,data=b"open")',
  },
  { rfc: '5.2', what: 'echo reply to nobody', from: 'client', send: 'up6()/ICMPv6EchoReply(id=P,seq=3,data=b"abc")' },
  ...[
    [130, 'multicast listener query'],
    [131, 'multicast listener report'],
    [132, 'multicast listener done'],
    [133, 'router solicitation'],
    [134, 'router advertisement'],
    [137, 'redirect'],
    [139, 'node information query'],
    [141, 'inverse neighbour discovery'],
    [144, 'home agent discovery'],
    [160, 'unassigned'],
  ].map(([type, name]): Case => ({
    rfc: '5.2',
    what: `ICMPv6 type ${type} (${name}) is dropped`,
    from: 'client',
    send: `up6()/ICMPv6Unknown(type=${type},msgbody=bytes(20))`,
  })),
  ...[
    [9, 'router advertisement'],
    [10, 'router solicitation'],
    [14, 'timestamp reply'],
    [15, 'information request'],
    [16, 'information reply'],
    [17, 'address mask request'],
    [18, 'address mask reply'],
    [42, 'extended echo request'],
    [200, 'unassigned'],
  ].map(([type, name]): Case => ({
    rfc: '4.2',
    what: `ICMPv4 type ${type} (${name}) is dropped`,
    flow: 'echo',
    from: 'server',
    send: `down4(flags="DF")/ICMP(bytes([${type},0])+(lambda b: (0xffff-(b%0xffff)).to_bytes(2,"big"))(${Number(type) * 256}+P)+P.to_bytes(2,"big")+bytes(2)+bytes(12))`,
  })),
];

/** ICMPv4 errors of a router R about a packet of the client's: type, code, then what the client is told. */
const downErrors: [type: number, code: number, name: string, icmp6: string | undefined][] = [
  [3, 0, 'network unreachable', 'ICMPv6DestUnreach(code=0)'],
  [3, 1, 'host unreachable', 'ICMPv6DestUnreach(code=0)'],
  [3, 2, 'protocol unreachable', 'ICMPv6ParamProblem(code=1,ptr=6)'],
  [3, 3, 'port unreachable', 'ICMPv6DestUnreach(code=4)'],
  [3, 5, 'source route failed', 'ICMPv6DestUnreach(code=0)'],
  [3, 6, 'network unknown', 'ICMPv6DestUnreach(code=0)'],
  [3, 7, 'host unknown', 'ICMPv6DestUnreach(code=0)'],
  [3, 8, 'source host isolated', 'ICMPv6DestUnreach(code=0)'],
  [3, 9, 'network prohibited', 'ICMPv6DestUnreach(code=1)'],
  [3, 10, 'host prohibited', 'ICMPv6DestUnreach(code=1)'],
  [3, 11, 'network unreachable for this ToS', 'ICMPv6DestUnreach(code=0)'],
  [3, 12, 'host unreachable for this ToS', 'ICMPv6DestUnreach(code=0)'],
  [3, 13, 'communication prohibited', 'ICMPv6DestUnreach(code=1)'],
  [3, 14, 'host precedence violation', undefined],
  [3, 15, 'precedence cutoff in effect', 'ICMPv6DestUnreach(code=1)'],
  [3, 16, 'unassigned code', undefined],
  [4, 0, 'source quench', undefined],
  [5, 0, 'redirect', undefined],
  [6, 0, 'alternate host address', undefined],
  [11, 0, 'TTL exceeded', 'ICMPv6TimeExceeded(code=0)'],
  [11, 1, 'reassembly time exceeded', 'ICMPv6TimeExceeded(code=1)'],
  [12, 1, 'required option missing', undefined],
];

/** RFC 7915 figure 3. */
const downPointers: [ipv4: number, ipv6: number | undefined][] = [
  [0, 0],
  [1, 1],
  [2, 4],
  [3, 4],
  [4, undefined],
  [5, undefined],
  [6, undefined],
  [7, undefined],
  [8, 7],
  [9, 6],
  [10, undefined],
  [11, undefined],
  [12, 8],
  [15, 8],
  [16, 24],
  [19, 24],
  [20, undefined],
];

/** Advertised by an IPv4 router, sent length, told to the client: plus 20, at least 1280, at most what the links take (RFC 7915 4.2; 0: RFC 1191 7.1). */
const downMtus: [mtu: number, told: number][] = [
  [1400, 1420],
  [1480, 1500],
  [1500, 1500],
  [1260, 1280],
  [1000, 1280],
  [576, 1280],
  [68, 1280],
  [65535, 1500],
];

// A router quotes the packet as it saw it, four hops on.
const quoted4 = 'up4(ttl=60,id=5)/UDP(sport=P,dport=7)/b"open"';
const quoted6 = 'up6(hlim=60)/UDP(sport=P,dport=7)/b"open"';
const r4 = 'down4(src=R)',
  r6 = 'down6(src=R6)';

const errorsDown: Case[] = [
  ...downErrors.map(([type, code, name, icmp6]): Case => ({
    rfc: '4.2',
    what: `ICMPv4 ${type}/${code} (${name}) ${icmp6 === undefined ? 'is dropped' : `becomes ${icmp6}`}`,
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=${type},code=${code})/${quoted4}`,
    ...(icmp6 === undefined ? {} : { out: `${r6}/${icmp6}/${quoted6}` }),
  })),
  ...downPointers.map(([ipv4, ipv6]): Case => ({
    rfc: '4.2',
    what: `parameter problem: pointer ${ipv4} ${ipv6 === undefined ? 'has no counterpart' : `becomes ${ipv6}`}`,
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=12,code=0,ptr=${ipv4})/${quoted4}`,
    ...(ipv6 === undefined
      ? {}
      : { out: `${r6}/ICMPv6ParamProblem(code=0,ptr=${ipv6})/${quoted6}`, differs: noParameterProblems }),
  })),
  {
    rfc: '4.2',
    what: 'parameter problem 12/2 (bad length) is as 12/0',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=12,code=2,ptr=8)/${quoted4}`,
    out: `${r6}/ICMPv6ParamProblem(code=0,ptr=7)/${quoted6}`,
    differs: noParameterProblems,
  },
  ...downMtus.map(([mtu, told]): Case => ({
    rfc: '4.2',
    what: `fragmentation needed, MTU ${mtu}: the client is told ${told}`,
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=4,nexthopmtu=${mtu})/${quoted4}`,
    out: `${r6}/ICMPv6PacketTooBig(mtu=${told})/${quoted6}`,
  })),
  {
    rfc: '4.2, RFC 1191 7.1',
    what: "fragmentation needed without an MTU: the plateau below the packet's length, as far as the links take it",
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=4,nexthopmtu=0)/cut(up4(ttl=60,id=5,len=1500)/UDP(sport=P,dport=7,len=1480,chksum=0x1111)/b"open",32)`,
    out: `${r6}/ICMPv6PacketTooBig(mtu=1500)/cut(up6(hlim=60,plen=1480)/UDP(sport=P,dport=7,len=1480,chksum=ADJUSTED(0x1111))/b"open",52)`,
  },
  {
    rfc: '4.2, RFC 1191 7.1',
    what: 'the same with a plateau below 1260: 1280',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=4,nexthopmtu=0)/cut(up4(ttl=60,id=5,len=1200)/UDP(sport=P,dport=7,len=1180,chksum=0x1111)/b"open",32)`,
    out: `${r6}/ICMPv6PacketTooBig(mtu=1280)/cut(up6(hlim=60,plen=1180)/UDP(sport=P,dport=7,len=1180,chksum=ADJUSTED(0x1111))/b"open",52)`,
  },
  {
    rfc: '4.3',
    what: 'inner TCP packet',
    flow: 'tcp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=1)/up4(ttl=60,id=5)/TCP(sport=P,dport=80,flags="S",seq=1000)`,
    out: `${r6}/ICMPv6DestUnreach(code=0)/up6(hlim=60)/TCP(sport=P,dport=80,flags="S",seq=1000)`,
  },
  {
    rfc: '4.3',
    what: 'inner TCP packet, cut after 8 bytes',
    differs: { tayga: { because: 'it wants the whole TCP header' } },
    flow: 'tcp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=1)/cut(up4(ttl=60,id=5)/TCP(sport=P,dport=80,flags="S",seq=1000),28)`,
    out: `${r6}/ICMPv6DestUnreach(code=0)/cut(up6(hlim=60)/TCP(sport=P,dport=80,flags="S",seq=1000),48)`,
  },
  {
    rfc: '4.3',
    what: 'inner echo request',
    flow: 'echo',
    from: 'server',
    send: `${r4}/ICMP(type=11,code=0)/up4(ttl=1,id=5)/ICMP(type=8,id=P,seq=1)/b"open"`,
    out: `${r6}/ICMPv6TimeExceeded(code=0)/up6(hlim=1)/ICMPv6EchoRequest(id=P,seq=1,data=b"open")`,
  },
  {
    rfc: '4.3',
    what: 'inner ToS',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=3)/up4(ttl=60,id=5,tos=0xb8)/UDP(sport=P,dport=7)/b"open"`,
    out: `${r6}/ICMPv6DestUnreach(code=4)/up6(hlim=60,tc=0xb8)/UDP(sport=P,dport=7)/b"open"`,
  },
  {
    rfc: '4.1',
    what: 'ToS of an error',
    flow: 'udp',
    from: 'server',
    send: `down4(src=R,tos=0xc0)/ICMP(type=3,code=3)/${quoted4}`,
    out: `down6(src=R6,tc=0xc0)/ICMPv6DestUnreach(code=4)/${quoted6}`,
  },
  {
    rfc: '4.2',
    what: 'an error about a flow that is not there is dropped',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=3)/${quoted4}`,
  },
  {
    rfc: '4.3, RFC 1122 3.2.2',
    what: 'an error about an error is dropped',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=3)/up4(ttl=60)/ICMP(type=3,code=3)/down4()/UDP(sport=7,dport=P)`,
  },
  {
    rfc: '4.2',
    what: 'an error with a wrong checksum is dropped',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=3,chksum=0x1234)/${quoted4}`,
  },
  {
    rfc: '4.2',
    what: 'an error that quotes too little is dropped',
    flow: 'udp',
    from: 'server',
    send: `${r4}/ICMP(type=3,code=3)/cut(${quoted4},22)`,
  },
];

export const icmpCases: Case[] = [...queries, ...errorsDown];
