#!/usr/bin/python3
"""Puts packets on the wires beside a translator and compares what comes out, byte by byte.

Arguments: paths of the client's and of the router's network namespace. Input: one JSON object a line, a case with `names` (variables) and
`steps`; output: one JSON object a line, {"problems": [...]}. Packets are scapy expressions; what may be used in them is in `vocabulary`.
"""
import json
import os
import select
import socket
import sys
import time

from scapy.config import conf

conf.ipv6_enabled = True
from scapy.layers import inet, inet6, sctp  # noqa: E402
from scapy.packet import Raw, Packet  # noqa: E402
from wellformed import find_flaw, internet_checksum, reassemble  # noqa: E402

OUTGOING = 4
patience, settle = 2.0, 0.02


class Wire:
    """One end of the translator, as a raw socket on the other end's device."""

    def __init__(self, namespace, own, translator, ethertype):
        with open(namespace) as handle:
            os.setns(handle.fileno(), os.CLONE_NEWNET)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)  # SO_RCVBUFFORCE
        self.socket.bind(('eth0', 0))
        self.header = mac(translator) + mac(own) + ethertype

    def send(self, packet):
        self.socket.send(self.header + packet)

    def receive(self):
        frame, address = self.socket.recvfrom(1 << 17)
        if address[2] == OUTGOING or address[1] not in (0x0800, 0x86dd) or is_noise(frame[14:]):
            return None
        return frame[14:]


def mac(text):
    return bytes.fromhex(text.replace(':', ''))


def is_noise(packet):
    """Neighbour discovery and multicast of the translator's kernel."""
    return packet[0] >> 4 == 6 and (packet[24] == 0xff or (packet[6] == 58 and packet[40] in (133, 134, 135, 136) and packet[7] == 255))


def vocabulary(names):
    known = {key: value for module in (inet, inet6, sctp) for key, value in vars(module).items() if not key.startswith('_')}
    known.update(names, Raw=Raw, bytes=bytes)
    client, server6, server, nat = names['C'], names['S6'], names['S'], names['N']
    hops = names['HOPS']
    ip6 = lambda defaults: lambda **fields: inet6.IPv6(**{**defaults, **fields})
    ip4 = lambda defaults: lambda **fields: inet.IP(**{**defaults, **fields})
    known.update(
        # What the client sends and the router sees; what the router sends and the client sees.
        up6=ip6({'src': client, 'dst': server6, 'hlim': 64}), up4=ip4({'src': nat, 'dst': server, 'ttl': 64 - hops, 'flags': names['SMALL']}),
        down4=ip4({'src': server, 'dst': nat, 'ttl': 64}), down6=ip6({'src': server6, 'dst': client, 'hlim': 64 - hops}),
        ADJUSTED=lambda checksum: adjust(checksum, bytes(inet.IP(src=nat, dst=server))[12:20], bytes(inet6.IPv6(src=client, dst=server6))[8:40]),
        fragment4=lambda packet, size, **fields: list(inet.fragment(inet.IP(bytes(packet)), size)),
        fragment6=fragment6, sum_zero=sum_zero, cut=lambda packet, size: Raw(bytes(packet)[:size]), fill=lambda size: bytes(i % 251 for i in range(size)),
    )
    return known


def fragment6(packet, size, identification, order=None):
    """RFC 8200 4.5 for packets without extension headers: fragments whose payloads have `size` bytes, in the given order."""
    raw = bytes(packet)
    header, payload = inet6.IPv6(raw[:40]), raw[40:]
    parts = []
    for offset in range(0, len(payload), size):
        part = payload[offset:offset + size]
        more = int(offset + len(part) < len(payload))
        fields = {'tc': header.tc, 'hlim': header.hlim, 'src': header.src, 'dst': header.dst}
        parts.append(inet6.IPv6(**fields) / inet6.IPv6ExtHdrFragment(nh=header.nh, offset=offset // 8, m=more, id=identification) / Raw(part))
    return [parts[index] for index in order] if order else parts


def sum_zero(make):
    """`make(payload)` with the two-byte payload that makes its UDP checksum come out as zero, which is sent as 0xffff (RFC 768)."""
    value = bytes(make(b'\0\0'))[-4:-2]
    packet = bytes(make(value))
    assert packet[-4:-2] == b'\xff\xff', packet.hex()
    return Raw(packet)


def adjust(checksum, old, new):
    """RFC 1624: a checksum over addresses that were replaced."""
    total = (~checksum & 0xffff) + internet_checksum(old) + (~internet_checksum(new) & 0xffff)
    while total >> 16:
        total = (total >> 16) + (total & 0xffff)
    return ~total & 0xffff


def as_bytes(value):
    return [bytes(packet) for packet in value] if isinstance(value, list) else [bytes(value)]


class Driver:
    def __init__(self, client, router):
        node, own, egress, far = sys.argv[3:7]
        self.wires = {'client': Wire(client, own, node, b'\x86\xdd'), 'server': Wire(router, far, egress, b'\x08\x00')}
        self.poll = select.poll()
        self.by_descriptor = {}
        for side, wire in self.wires.items():
            self.poll.register(wire.socket, select.POLLIN)
            self.by_descriptor[wire.socket.fileno()] = side
        self.sentinel = 0

    def collect(self, seconds, enough=lambda seen: False):
        seen = {'client': [], 'server': []}
        end = time.monotonic() + seconds
        while True:
            left = end - time.monotonic()
            if left <= 0 or enough(seen):
                return seen
            for descriptor, _ in self.poll.poll(left * 1000):
                side = self.by_descriptor[descriptor]
                packet = self.wires[side].receive()
                if packet is not None:
                    seen[side].append(packet)

    def run(self, case):
        known = vocabulary(case['names'])
        evaluate = lambda text: as_bytes(eval(text, known))  # noqa: S307
        for number, step in enumerate(case['steps']):
            self.collect(0)
            side = step['from']
            other = 'server' if side == 'client' else 'client'
            sent = [packet for text in step['send'] for packet in evaluate(text)]
            out = [packet for text in step.get('out', []) for packet in evaluate(text)]
            back = [eval(text, known) for text in step.get('back', [])]
            for packet in sent:
                self.wires[side].send(packet)
            whole = step.get('whole', False)
            wanted = lambda seen: len(reassemble(seen[other]) if whole else seen[other]) >= len(out) and len(seen[side]) >= len(back)
            seen = self.collect(patience, wanted) if out or back else {'client': [], 'server': []}
            later = self.flush(known)
            for name in seen:
                seen[name] += later[name]
            problems = self.judge(out, back, seen[other], seen[side], sent, step)
            if problems:
                return {'problems': [f'step {number + 1}: {text}' for text in problems], 'sent': [describe(packet) for packet in sent]}
        return {'problems': []}

    def flush(self, known):
        """Whatever the translator still has is out when a packet that was sent after it has come."""
        self.sentinel += 1
        sign = b'sentinel %d' % self.sentinel
        self.wires['client'].send(bytes(known['up6']() / inet6.ICMPv6EchoRequest(id=0xdead, data=sign)))
        is_sign = lambda packet: packet.endswith(sign)
        seen = self.collect(patience, lambda seen: any(map(is_sign, seen['server'])))
        more = self.collect(settle)
        return {side: [packet for packet in seen[side] + more[side] if not is_sign(packet)] for side in seen} if any(map(is_sign, seen['server'])) else {'client': [], 'server': [b'nothing passes any more']}

    def judge(self, out, back, came_out, came_back, sent, step):
        problems = []
        limit = step.get('longest', 1500)
        for packet in came_out + came_back:
            flaw = None if packet in out else find_flaw(packet)
            if flaw is not None:
                problems.append(f'ill-formed ({flaw}): {describe(packet)}')
            elif len(packet) > limit:
                problems.append(f'{len(packet)} bytes, longest allowed {limit}: {describe(packet)}')
        if problems:
            return problems
        if step.get('whole'):
            came_out, out = reassemble(came_out), [without_flags(packet) for packet in out]
        for index in range(max(len(out), len(came_out))):
            expected = out[index] if index < len(out) else None
            got = came_out[index] if index < len(came_out) else None
            if expected is None:
                problems.append(f'came out: {describe(got)}')
            elif got is None:
                problems.append(f'did not come out: {describe(expected)}')
            elif liken(got, expected) != expected:
                problems.append(f'expected: {describe(expected)}\ncame out: {describe(got)}')
        for index in range(max(len(back), len(came_back))):
            if index >= len(back):
                problems.append(f'came back: {describe(came_back[index])}')
            elif index >= len(came_back):
                problems.append(f'no answer: {back[index].summary()}')
            else:
                text = differs_from_answer(came_back[index], back[index], sent[0])
                if text is not None:
                    problems.append(text)
        return problems


def without_flags(packet):
    """A reassembled IPv4 packet has none."""
    if packet[0] >> 4 == 6:
        return packet
    header = packet[:6] + b'\0\0' + packet[8:10] + b'\0\0' + packet[12:20]
    return header[:10] + internet_checksum(header).to_bytes(2, 'big') + header[12:] + packet[20:]


def liken(got, expected):
    """An identification that scapy was not told (1) is any, in an error's quoted packet as well. The checksums around it were found right before."""
    if len(got) >= 48 and len(expected) >= 48 and got[0] == expected[0] == 0x45 and got[9] == 1 and got[20] in (3, 11, 12) and expected[32:34] == b'\x00\x01' and header_equals(got[28:48], expected[28:48]):
        got = got[:32] + expected[32:34] + got[34:38] + expected[38:40] + got[40:]
    if len(got) >= 20 and got[0] >> 4 == 4 and expected[0] >> 4 == 4 and expected[4:6] == b'\x00\x01':
        return got[:4] + expected[4:6] + got[6:10] + expected[10:12] + got[12:] if header_equals(got, expected) else got
    return got


def header_equals(got, expected):
    patched = got[:4] + expected[4:6] + got[6:10] + b'\0\0' + got[12:20]
    return internet_checksum(patched) == int.from_bytes(expected[10:12], 'big')


def differs_from_answer(packet, icmp, sent):
    """An ICMP error of the translator's own: type, code and the field after them as given, about what was sent, to its sender."""
    version6 = packet[0] >> 4 == 6
    start = 40 if version6 else 20
    wanted = bytes(icmp)
    source, target = (sent[8:24], packet[24:40]) if version6 else (sent[12:16], packet[16:20])
    if target != source:
        return f'the answer goes to somebody else: {describe(packet)}'
    if packet[start:start + 2] != wanted[:2] or packet[start + 4:start + 8] != wanted[4:8]:
        return f'expected the answer {icmp.summary()} {wanted[:8].hex()}\ngot {describe(packet)}'
    quoted = packet[start + 8:]
    masked = lambda data: data[:7] + data[8:] if version6 else data[:8] + data[9:10] + data[12:]
    if not masked(sent).startswith(masked(quoted[:len(sent)])) or len(quoted) < min(len(sent), 28):
        return f'the answer quotes another packet: {describe(packet)}'
    return None


def describe(packet):
    try:
        layer = inet6.IPv6(packet) if packet[0] >> 4 == 6 else inet.IP(packet)
        text = repr(layer)
    except Exception as error:  # scapy cannot read it: the bytes will do
        text = str(error)
    return f'{text[:600]}\n  {packet[:120].hex()}{"..." if len(packet) > 120 else ""} ({len(packet)} bytes)'


def main():
    driver = Driver(sys.argv[1], sys.argv[2])
    print(json.dumps({'ready': True}), flush=True)
    for line in sys.stdin:
        try:
            answer = driver.run(json.loads(line))
        except Exception as error:
            answer = {'problems': [f'{type(error).__name__}: {error}']}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    main()
