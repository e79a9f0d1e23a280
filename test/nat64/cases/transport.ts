import type { Case } from './case.js';

/** RFC 7915 4.5 and 5.5: checksums. That a checksum is right is part of every case; here are those that need care. */
export const transportCases: Case[] = [
  ...[0, 1, 2, 3, 17].map((size): Case => (
    { rfc: '5.5', what: `UDP with ${size} bytes`, from: 'client', send: `up6()/UDP(sport=P,dport=7)/fill(${size})`, out: `up4()/UDP(sport=P,dport=7)/fill(${size})` })),
  ...[0, 1, 3].map((size): Case => (
    { rfc: '5.5', what: `TCP with ${size} bytes`, flow: 'tcp answered', from: 'client', send: `up6()/TCP(sport=P,dport=80,flags="PA",seq=1001,ack=5001)/fill(${size})`, out: `up4()/TCP(sport=P,dport=80,flags="PA",seq=1001,ack=5001)/fill(${size})` })),
  ...[0, 1, 3].map((size): Case => (
    { rfc: '4.5', what: `UDP with ${size} bytes`, flow: 'udp', from: 'server', send: `down4(flags="DF")/UDP(sport=7,dport=P)/fill(${size})`, out: `down6()/UDP(sport=7,dport=P)/fill(${size})` })),
  ...[0, 1, 3].map((size): Case => (
    { rfc: '4.5', what: `TCP with ${size} bytes`, flow: 'tcp answered', from: 'server', send: `down4(flags="DF")/TCP(sport=80,dport=P,flags="PA",seq=5001,ack=1001)/fill(${size})`, out: `down6()/TCP(sport=80,dport=P,flags="PA",seq=5001,ack=1001)/fill(${size})` })),
  { rfc: '5.5, RFC 768', what: 'a UDP checksum that comes out as zero is sent as 0xffff', from: 'client', send: 'IPv6(bytes(up6()/UDP(sport=P,dport=7)/bytes(sum_zero(lambda two: up4()/UDP(sport=P,dport=7)/two))[-2:]))', out: 'sum_zero(lambda two: up4()/UDP(sport=P,dport=7)/two)' },
  { rfc: '4.5, RFC 8200 8.1', what: 'the same on the way down', flow: 'udp', from: 'server', send: 'IP(bytes(down4(flags="DF")/UDP(sport=7,dport=P)/bytes(sum_zero(lambda two: down6()/UDP(sport=7,dport=P)/two))[-2:]))', out: 'sum_zero(lambda two: down6()/UDP(sport=7,dport=P)/two)', differs: { tayga: { because: 'it sends a checksum of zero, which receivers drop (RFC 8200 8.1)', out: 'IPv6(bytes(sum_zero(lambda two: down6()/UDP(sport=7,dport=P)/two))[:-4]+bytes(2)+bytes(sum_zero(lambda two: down6()/UDP(sport=7,dport=P)/two))[-2:])' } } },
  { rfc: '4.5', what: 'UDP without a checksum gets one', flow: 'udp', from: 'server', send: 'down4(flags="DF")/UDP(sport=7,dport=P,chksum=0)/b"no sum"', out: 'down6()/UDP(sport=7,dport=P)/b"no sum"', differs: { tayga: { because: 'the version in Debian drops it' } } },
  { rfc: '4.5', what: 'UDP without a checksum in fragments: the kernel has put them together, so it gets one', differs: { tayga: { because: 'the version in Debian drops it' }, ebpf: { because: 'it drops and counts it: the kernel has fragmented it again before it is translated' } }, flow: 'udp', from: 'server', send: 'fragment4(down4(id=78)/UDP(sport=7,dport=P,chksum=0)/fill(2000), 1400)', out: 'down6()/UDP(sport=7,dport=P)/fill(2000)', whole: true },
  { rfc: 'RFC 8200 8.1', what: 'UDP over IPv6 without a checksum is dropped', from: 'client', send: 'up6()/UDP(sport=P,dport=7,chksum=0)/b"x"' },
  { rfc: '5.5', what: 'a wrong UDP checksum is not made right', from: 'client', send: 'up6()/UDP(sport=P,dport=7,chksum=0x1234)/b"x"' },
  { rfc: '5.5', what: 'a wrong TCP checksum is not made right', from: 'client', send: 'up6()/TCP(sport=P,dport=80,flags="S",chksum=0x1234)' },
  { rfc: '5.2', what: 'a wrong ICMPv6 checksum is not made right', from: 'client', send: 'up6()/ICMPv6EchoRequest(id=P,cksum=0x1234)' },
  { rfc: '4.5', what: 'a wrong UDP checksum is not made right on the way down', flow: 'udp', from: 'server', send: 'down4(flags="DF")/UDP(sport=7,dport=P,chksum=0x1234)/b"x"' },
  { rfc: '4.5', what: 'a wrong TCP checksum is not made right on the way down', flow: 'tcp', from: 'server', send: 'down4(flags="DF")/TCP(sport=80,dport=P,flags="SA",seq=5000,ack=1001,chksum=0x1234)' },
  { rfc: '4.2', what: 'a wrong ICMP checksum is not made right on the way down', flow: 'echo', from: 'server', send: 'down4(flags="DF")/ICMP(type=0,id=P,seq=1,chksum=0x1234)/b"open"' },
];
