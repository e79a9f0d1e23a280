#!/usr/bin/python3
"""Malformed and random packets into both ends of a translator, and a look at every packet that comes out.

Arguments: the network namespaces of client and router, the four MAC addresses, and `-`. Input: a JSON object, `names` (as packets.py takes them), `corpus`
(scapy expressions by side), `flows` (packets that open them), `count`,
`seed`. Prints one JSON object. The same seed sends the same packets in the same order.
"""
import json
import random
import select
import struct
import sys

from packets import Wire, as_bytes, describe, vocabulary
from wellformed import find_flaw, internet_checksum


class Mutator:
    def __init__(self, seed, corpus):
        self.random = random.Random(seed)
        self.corpus = corpus
        self.sides = sorted(corpus)

    def next(self):
        """A side and a packet: mostly a valid one with a few things changed, now and then noise."""
        pick = self.random
        side = pick.choice(self.sides)
        kind = pick.random()
        if kind < 0.05:
            packet = bytearray(pick.randbytes(pick.choice((0, 1, 19, 20, 21, 39, 40, 41, 48, 60, 100, 576, 1500))))
            if packet and pick.random() < 0.8:
                packet[0] = (0x60 if side == 'client' else 0x45) if pick.random() < 0.7 else packet[0]
                self.address(side, packet)
            return side, bytes(packet)
        packet = bytearray(pick.choice(self.corpus[side]))
        for _ in range(pick.choice((1, 1, 1, 2, 3, 8))):
            self.change(side, packet)
        if pick.random() < 0.7:
            repair(side, packet)
        return side, bytes(packet[:1500])

    def change(self, side, packet):
        pick = self.random
        what = pick.randrange(9)
        header = 40 if side == 'client' else 20
        if not packet:
            return
        if what == 0:
            packet[pick.randrange(len(packet))] ^= 1 << pick.randrange(8)
        elif what == 1:
            packet[pick.randrange(len(packet))] = pick.choice((0, 1, 0x7f, 0x80, 0xff, pick.randrange(256)))
        elif what == 2:
            del packet[pick.randrange(len(packet)):]
        elif what == 3:
            packet += pick.randbytes(pick.choice((1, 7, 8, 100, 700)))
        elif what == 4 and len(packet) > 8:
            packet[4:6] = struct.pack('!H', pick.choice((0, 1, 7, 8, 0xffff, len(packet), pick.randrange(65536))))
        elif what == 5 and len(packet) > 10:
            # Another protocol, or an extension header that is none.
            packet[6 if side == 'client' else 9] = pick.choice((0, 1, 2, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 135, 255, pick.randrange(256)))
        elif what == 6 and len(packet) > 8 and side == 'server':
            packet[6:8] = struct.pack('!H', pick.choice((0x2000, 0x4000, 0x8000, 0x1fff, 0x3fff, 1, pick.randrange(65536))))
        elif what == 6 and len(packet) > 40:
            # Extension headers before what was there.
            packet[40:40] = bytes([packet[6], pick.choice((0, 0, 1, 200))]) + pick.randbytes(6)
            packet[6] = pick.choice((0, 43, 44, 60, 51, 135))
        elif what == 7 and len(packet) > header:
            at = pick.randrange(header, len(packet))
            packet[at:at + 8] = pick.randbytes(8)
        elif len(packet) > header + 4:
            packet[header] = pick.randrange(256)
            packet[header + 1] = pick.randrange(20)

    def address(self, side, packet):
        model = self.corpus[side][0]
        start, end = (8, 40) if side == 'client' else (12, 20)
        packet[start:end] = model[start:end]


def repair(side, packet):
    """Lengths and checksums as they should be, so that the change behind them is what counts."""
    if side == 'client':
        if len(packet) < 40:
            return
        packet[0] = 0x60
        packet[4:6] = struct.pack('!H', (len(packet) - 40) & 0xffff)
        protocol, start, pseudo = packet[6], 40, bytes(packet[8:40])
        while protocol in (0, 43, 60) and len(packet) >= start + 8:
            protocol, start = packet[start], start + 8 + packet[start + 1] * 8
    else:
        if len(packet) < 20:
            return
        packet[2:4] = struct.pack('!H', len(packet))
        length = max(20, (packet[0] & 15) * 4)
        packet[10:12] = b'\0\0'
        packet[10:12] = struct.pack('!H', internet_checksum(bytes(packet[:length])))
        protocol, start, pseudo = packet[9], length, bytes(packet[12:20])
    at = {17: 6, 6: 16, 58: 2, 1: 2}.get(protocol)
    if at is None or len(packet) < start + at + 2:
        return
    if protocol == 17:
        packet[start + 4:start + 6] = struct.pack('!H', len(packet) - start)
    packet[start + at:start + at + 2] = b'\0\0'
    payload = bytes(packet[start:])
    covered = payload if protocol == 1 else pseudo + struct.pack('!II', len(payload), protocol) + payload
    packet[start + at:start + at + 2] = struct.pack('!H', internet_checksum(covered) or 0xffff)


def main():
    options = json.load(sys.stdin)
    client, router = sys.argv[1:3]
    node, own, egress, far = sys.argv[3:7]
    wires = {'client': Wire(client, own, node, b'\x86\xdd'), 'server': Wire(router, far, egress, b'\x08\x00')}
    poll = select.poll()
    for wire in wires.values():
        wire.socket.setblocking(False)
        poll.register(wire.socket, select.POLLIN)
    known = vocabulary(options['names'])
    corpus = {side: [packet for text in texts for packet in as_bytes(eval(text, known)) if len(packet) <= 1500] for side, texts in options['corpus'].items()}  # noqa: S307
    mutator = Mutator(options['seed'], corpus)
    seen, flaws, sent, refused = {'client': 0, 'server': 0}, [], 0, 0

    def look():
        for side, wire in wires.items():
            while True:
                try:
                    packet = wire.receive()
                except BlockingIOError:
                    break
                if packet is None:
                    continue
                seen[side] += 1
                flaw = find_flaw(packet)
                if flaw is not None and len(flaws) < 20:
                    flaws.append(f'{flaw}, after {sent} packets: {describe(packet)}')

    # Flows first, so that what comes from the server's side is let in.
    for text in options['flows']:
        for packet in as_bytes(eval(text, known)):  # noqa: S307
            wires['client'].send(packet)
    look()
    for sent in range(1, options['count'] + 1):
        side, packet = mutator.next()
        try:
            wires[side].send(packet)
        except OSError:
            refused += 1
        if sent % 64 == 0:
            look()
    while poll.poll(500):
        look()
    print(json.dumps({'sent': sent, 'refusedBySocket': refused, 'out': seen, 'flaws': flaws}))


if __name__ == '__main__':
    main()
