#!/usr/bin/python3
"""Very many UDP flows at once, each with a nonce of its own, played from both ends of a translator with raw sockets.

Arguments: the network namespaces of client and router, the four MAC addresses (packet-driver.ts), and a JSON object: `prefix` (the first 12
bytes, hex), `sources`, `flows`, `rounds`, `bases` (source addresses are these plus a number), `peers` (IPv4), `nat` (IPv4), `pace` (flows that
may be unanswered), `churnSeconds` (instead of rounds: new flows for that long). Prints one JSON object.
"""
import collections
import hashlib
import ipaddress
import json
import select
import socket
import struct
import sys
import time

from packets import Wire
from wellformed import internet_checksum

ports = 30000


class Flows:
    def __init__(self, options):
        self.options = options
        client, router = sys.argv[1:3]
        node, own, egress, far = sys.argv[3:7]
        self.client = Wire(client, own, node, b'\x86\xdd')
        self.server = Wire(router, far, egress, b'\x08\x00')
        self.prefix = bytes.fromhex(options['prefix'])
        bases = [int(ipaddress.IPv6Address(base)) for base in options['bases']]
        per_base = -(-options['sources'] // len(bases))
        self.sources = [(bases[number // per_base] + number % per_base).to_bytes(16, 'big') for number in range(options['sources'])]
        self.peers = [ipaddress.IPv4Address(peer).packed for peer in options['peers']]
        self.mapped = {}
        self.count = collections.Counter()
        self.waiting = {}
        self.lost = 0
        self.poll = select.poll()
        for wire in (self.client, self.server):
            wire.socket.setblocking(False)
            self.poll.register(wire.socket, select.POLLIN)

    def flow(self, number):
        """Source, peer and port: sources share ports, so the translator has to find others."""
        sources = len(self.sources)
        peer = number // sources % len(self.peers)
        return self.sources[number % sources], self.peers[peer], ports + number // (sources * len(self.peers)) % 30000

    def send(self, number, turn):
        source, peer, port = self.flow(number)
        nonce = hashlib.blake2s(b'%d %d' % (number, turn), digest_size=16).digest()
        self.waiting[nonce] = (number, source, peer, port)
        addresses = source + self.prefix + peer
        self.client.send(b'\x60\0\0\0' + struct.pack('!HBB', 40, 17, 64) + addresses + udp(port, 7, nonce + struct.pack('!QQ', number, turn), addresses))

    def handle(self, patience):
        """Serves peers and reads answers until nothing has come for `patience` seconds, or nothing is waited for."""
        while self.poll.poll(patience * 1000):
            for wire, work in ((self.server, self.answer), (self.client, self.check)):
                for _ in range(512):
                    try:
                        packet = wire.receive()
                    except BlockingIOError:
                        break
                    if packet is not None:
                        work(packet)
            if len(self.waiting) <= self.lost + self.options['pace'] // 2:
                return

    def answer(self, packet):
        if packet[0] != 0x45 or packet[9] != 17 or packet[22:24] != b'\0\7':
            self.count['not ours at the site'] += 1
            return
        mapping, payload = packet[12:22], packet[28:]
        number, turn = struct.unpack('!QQ', payload[16:32])
        # Address, port and peer belong to one flow, for as long as it lasts.
        if self.mapped.setdefault(mapping, number) != number and turn >= 0:
            self.count['mapping used twice'] += 1
        addresses = packet[16:20] + packet[12:16]
        header = struct.pack('!BBHHHBBH', 0x45, 0, 60, 0, 0x4000, 64, 17, 0) + addresses
        header = header[:10] + struct.pack('!H', internet_checksum(header)) + header[12:]
        self.server.send(header + udp(7, int.from_bytes(packet[20:22], 'big'), payload, addresses))

    def check(self, packet):
        if packet[6] == 58:
            self.count[f'ICMPv6 {packet[40]}/{packet[41]}'] += 1
            if packet[40] == 1:
                self.waiting.pop(packet[48 + 48:48 + 64], None)
            return
        expected = self.waiting.pop(packet[48:64], None)
        if expected is None:
            self.count['unknown nonce'] += 1
            return
        _, source, peer, port = expected
        right = packet[24:40] == source and packet[8:24] == self.prefix + peer and packet[40:44] == struct.pack('!HH', 7, port)
        self.count['answered' if right else 'crossed'] += 1

    def rounds(self):
        flows, results = self.options['flows'], []
        for turn in range(self.options['rounds']):
            start, before = time.monotonic(), self.count.copy()
            for number in range(flows):
                self.send(number, turn)
                if number % 64 == 0:
                    self.handle(0)
                if len(self.waiting) > self.lost + self.options['pace']:
                    self.handle(0.25)
                    # What has not come by now is not waited for with every flow.
                    self.lost = max(0, len(self.waiting) - self.options['pace'])
            pace, self.options['pace'], self.lost = self.options['pace'], 0, 0
            self.handle(1)
            self.options['pace'] = pace
            unanswered, self.waiting, self.lost = len(self.waiting), {}, 0
            results.append({**(self.count - before), 'unanswered': unanswered, 'seconds': round(time.monotonic() - start, 2)})
        return results

    def churn(self):
        """New flows all the time; numbers go on, so ports and sources change."""
        end, number, samples, following = time.monotonic() + self.options['churnSeconds'], 0, [], time.monotonic()
        while time.monotonic() < end:
            for _ in range(64):
                self.send(number, 0)
                number += 1
            self.handle(0.02)
            # Mappings are free to be used again when their flow has ended.
            self.mapped.clear()
            if time.monotonic() >= following:
                following += 1
                samples.append(number)
                print(json.dumps({'sample': number}), flush=True)
                self.waiting = {}
            pause = number / self.options['perSecond'] - (time.monotonic() - (end - self.options['churnSeconds']))
            if pause > 0:
                time.sleep(pause)
        self.handle(1)
        return {**self.count, 'flows': number}


def udp(source, target, payload, addresses):
    header = struct.pack('!HHHH', source, target, 8 + len(payload), 0)
    checksum = internet_checksum(addresses + struct.pack('!II', 8 + len(payload), 17) + header + payload)
    return header[:6] + struct.pack('!H', checksum or 0xffff) + payload


def main():
    options = json.loads(sys.argv[7])
    flows = Flows(options)
    print(json.dumps({'churn': flows.churn()} if options.get('churnSeconds') else {'rounds': flows.rounds(), 'mappings': len(flows.mapped)}))


if __name__ == '__main__':
    main()
