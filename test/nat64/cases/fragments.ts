import type { Case } from './case.js';

const noFragmentedIcmp = {
  tayga: { because: 'it drops fragmented ICMP, as RFC 7915 lets stateless translators do; RFC 6146 3.4 wants it' },
};
const defragmented = 'the kernel has taken the fragment header away before';

/**
 * RFC 7915 4.1 and 5.1.1: fragments. The kernel beside a translator may put fragments together and cut them again, so what arrives is compared
 * as a whole; no piece may be longer than the link takes.
 */
export const fragmentCases: Case[] = [
  {
    rfc: '5.1.1',
    what: 'UDP of 4,000 bytes',
    from: 'client',
    send: 'fragment6(up6()/UDP(sport=P,dport=7)/fill(4000), 1400, 0x12345678)',
    out: 'up4()/UDP(sport=P,dport=7)/fill(4000)',
    whole: true,
  },
  {
    rfc: '5.1.1',
    what: 'UDP of 4,000 bytes, the last fragment first',
    from: 'client',
    send: 'fragment6(up6()/UDP(sport=P,dport=7)/fill(4000), 1400, 0x12345679, [2, 1, 0])',
    out: 'up4()/UDP(sport=P,dport=7)/fill(4000)',
    whole: true,
  },
  {
    rfc: '5.1.1',
    what: 'UDP of 60,000 bytes',
    from: 'client',
    send: 'fragment6(up6()/UDP(sport=P,dport=7)/fill(60000), 1440, 0x1234567a)',
    out: 'up4()/UDP(sport=P,dport=7)/fill(60000)',
    whole: true,
  },
  {
    rfc: '5.1.1',
    what: 'echo request of 8,000 bytes',
    from: 'client',
    send: 'fragment6(up6()/ICMPv6EchoRequest(id=P,seq=1,data=fill(8000)), 1440, 0x2345)',
    out: 'up4()/ICMP(type=8,id=P,seq=1)/fill(8000)',
    whole: true,
    differs: noFragmentedIcmp,
  },
  {
    rfc: '5.1.1',
    what: 'a TCP segment in two',
    flow: 'tcp answered',
    from: 'client',
    send: 'fragment6(up6()/TCP(sport=P,dport=80,flags="PA",seq=1001,ack=5001)/fill(1200), 640, 0x3456)',
    out: 'up4()/TCP(sport=P,dport=80,flags="PA",seq=1001,ack=5001)/fill(1200)',
    whole: true,
  },
  {
    rfc: '5.1.1',
    what: 'traffic class of fragments',
    from: 'client',
    send: 'fragment6(up6(tc=0xb8)/UDP(sport=P,dport=7)/fill(2000), 1400, 0x12345680)',
    out: 'up4(tos=0xb8)/UDP(sport=P,dport=7)/fill(2000)',
    whole: true,
  },
  {
    rfc: '5.1.1, RFC 6946',
    what: 'an atomic fragment',
    from: 'client',
    send: 'up6()/IPv6ExtHdrFragment(nh=17,id=0x4567)/UDP(sport=P,dport=7)/b"atomic"',
    out: 'up4(flags="",id=0x4567)/UDP(sport=P,dport=7)/b"atomic"',
    differs: {
      tayga: { because: defragmented, out: 'up4()/UDP(sport=P,dport=7)/b"atomic"' },
      ebpf: { because: defragmented, out: 'up4()/UDP(sport=P,dport=7)/b"atomic"' },
    },
  },
  {
    rfc: '5.1.1, RFC 6946',
    what: 'a large atomic fragment',
    from: 'client',
    send: 'up6()/IPv6ExtHdrFragment(nh=6,id=0x4568)/TCP(sport=P,dport=80,flags="S")/fill(1300)',
    out: 'up4(flags="",id=0x4568)/TCP(sport=P,dport=80,flags="S")/fill(1300)',
    differs: {
      tayga: { because: defragmented, out: 'up4(flags="DF")/TCP(sport=P,dport=80,flags="S")/fill(1300)' },
      ebpf: { because: defragmented, out: 'up4(flags="DF")/TCP(sport=P,dport=80,flags="S")/fill(1300)' },
    },
  },
  {
    rfc: 'RFC 5722',
    what: 'overlapping fragments are dropped',
    from: 'client',
    send: [
      'fragment6(up6()/UDP(sport=P,dport=7)/fill(2000), 1400, 0x5678)[0]',
      'up6()/IPv6ExtHdrFragment(nh=17,offset=174,m=0,id=0x5678)/Raw(fill(616))',
    ],
  },
  {
    rfc: '4.1',
    what: 'UDP of 4,000 bytes on the way down',
    flow: 'udp',
    from: 'server',
    send: 'fragment4(down4(id=101)/UDP(sport=7,dport=P)/fill(4000), 1480)',
    out: 'down6()/UDP(sport=7,dport=P)/fill(4000)',
    whole: true,
  },
  {
    rfc: '4.1',
    what: 'UDP of 4,000 bytes on the way down, the last fragment first',
    flow: 'udp',
    from: 'server',
    send: 'fragment4(down4(id=102)/UDP(sport=7,dport=P)/fill(4000), 1480)[::-1]',
    out: 'down6()/UDP(sport=7,dport=P)/fill(4000)',
    whole: true,
  },
  {
    rfc: '4.1',
    what: 'UDP of 60,000 bytes on the way down',
    flow: 'udp',
    from: 'server',
    send: 'fragment4(down4(id=103)/UDP(sport=7,dport=P)/fill(60000), 1480)',
    out: 'down6()/UDP(sport=7,dport=P)/fill(60000)',
    whole: true,
  },
  {
    rfc: '4.1',
    what: 'echo reply of 8,000 bytes',
    flow: 'echo',
    from: 'server',
    send: 'fragment4(down4(id=104)/ICMP(type=0,id=P,seq=1)/fill(8000), 1480)',
    out: 'down6()/ICMPv6EchoReply(id=P,seq=1,data=fill(8000))',
    whole: true,
    differs: noFragmentedIcmp,
  },
  {
    rfc: '4.1',
    what: 'a TCP segment in three on the way down',
    flow: 'tcp answered',
    from: 'server',
    send: 'fragment4(down4(id=105)/TCP(sport=80,dport=P,flags="PA",seq=5001,ack=1001)/fill(1200), 504)',
    out: 'down6()/TCP(sport=80,dport=P,flags="PA",seq=5001,ack=1001)/fill(1200)',
    whole: true,
  },
];
