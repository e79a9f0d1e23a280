"""What a packet must be to be well formed, and reassembly; plain bytes, since it has to keep up with a million packets."""
import struct


def internet_checksum(data):
    """RFC 1071."""
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    total = (total >> 16) + (total & 0xffff)
    return ~(total + (total >> 16)) & 0xffff


def find_flaw(packet):
    """What is wrong with an IPv4 or IPv6 packet, in words; None: nothing."""
    if not packet:
        return 'empty'
    version = packet[0] >> 4
    return flaw4(packet) if version == 4 else flaw6(packet) if version == 6 else f'version {version}'


def flaw4(packet):
    if len(packet) < 20:
        return 'shorter than an IPv4 header'
    length = (packet[0] & 15) * 4
    if length < 20 or length > len(packet):
        return 'header length'
    if int.from_bytes(packet[2:4], 'big') != len(packet):
        return f'total length {int.from_bytes(packet[2:4], "big")}'
    if internet_checksum(packet[:length]) != 0:
        return 'header checksum'
    if packet[8] == 0:
        return 'TTL 0'
    fragment = int.from_bytes(packet[6:8], 'big')
    if fragment & 0x8000:
        return 'reserved flag'
    if fragment & 0x3fff:
        return 'fragment reaches beyond 65535' if (fragment & 0x1fff) * 8 + len(packet) - length > 65535 else None
    return flaw_of_payload(packet[9], packet[length:], packet[12:20], 1)


def flaw6(packet):
    if len(packet) < 40:
        return 'shorter than an IPv6 header'
    if int.from_bytes(packet[4:6], 'big') != len(packet) - 40:
        return f'payload length {int.from_bytes(packet[4:6], "big")}'
    if packet[7] == 0:
        return 'hop limit 0'
    protocol, start = packet[6], 40
    if protocol == 44:
        if len(packet) < 48:
            return 'fragment header cut'
        offset = int.from_bytes(packet[42:44], 'big')
        if offset & 1 and (len(packet) - 48) % 8:
            return 'fragment not a multiple of 8'
        if offset & 0xfff9:
            return None
        protocol, start = packet[40], 48
    return flaw_of_payload(protocol, packet[start:], packet[8:40], 58)


def flaw_of_payload(protocol, payload, pseudo, icmp):
    if protocol == 17:
        length = int.from_bytes(payload[4:6], 'big')
        if not 8 <= length <= len(payload):
            return 'UDP length'
        # What is behind the datagram is the surplus area of RFC 9868. Linux lets pass what has a right checksum with it as well (nf_ip_checksum).
        if length != len(payload) and internet_checksum(pseudo + struct.pack('!II', len(payload), protocol) + payload) == 0:
            return None
        payload = payload[:length]
        if payload[6:8] == b'\0\0':
            return None if icmp == 1 else 'UDP checksum 0 over IPv6'
    elif protocol == 6:
        if len(payload) < 20 or not 20 <= (payload[12] >> 4) * 4 <= len(payload):
            return 'TCP header length'
        # Linux clamps such a MSS without regard to its place in the checksum (nft_exthdr_tcp_set_eval), natively as well.
        if has_odd_mss(payload):
            return None
    elif protocol == icmp:
        if len(payload) < 8:
            return 'ICMP header'
        if icmp == 1:
            pseudo = b''
    elif protocol in (1, 58):
        return 'ICMP of the other family'
    else:
        return None
    total = pseudo + struct.pack('!II', len(payload), protocol) + payload if pseudo else payload
    return None if internet_checksum(total) == 0 else 'transport checksum'


def has_odd_mss(payload):
    """Whether a SYN has its option MSS at an odd offset, as Linux finds it: past an end of options, too."""
    at, end = 20, (payload[12] >> 4) * 4
    while payload[13] & 2 and at < end - 1:
        if payload[at] == 2 and at & 1:
            return True
        at += 1 if payload[at] <= 1 or payload[at + 1] == 0 else payload[at + 1]
    return False


def reassemble(packets):
    """Fragments of the same datagram as one packet, without a fragment header; everything else as it is. Incomplete ones are left in pieces."""
    groups, result = {}, []
    for packet in packets:
        key = fragment_key(packet)
        if key is None:
            result.append(packet)
        else:
            groups.setdefault(key, []).append(packet)
    for group in groups.values():
        whole = join(group)
        result.extend(group if whole is None else [whole])
    return result


def fragment_key(packet):
    if packet[0] >> 4 == 4:
        return packet[4:6] + packet[9:10] + packet[12:20] if int.from_bytes(packet[6:8], 'big') & 0x3fff else None
    return packet[44:48] + packet[8:40] if packet[6] == 44 else None


def join(group):
    four = group[0][0] >> 4 == 4
    pieces = sorted((position(packet, four) for packet in group), key=lambda piece: piece[0])
    payload = b''
    for offset, more, data in pieces:
        if offset != len(payload):
            return None
        payload += data
        last = not more
    if not last:
        return None
    first = next(packet for packet in group if position(packet, four)[0] == 0)
    if four:
        header = bytearray(first[:20])
        header[2:4], header[6:8], header[10:12] = struct.pack('!H', 20 + len(payload)), b'\0\0', b'\0\0'
        header[10:12] = struct.pack('!H', internet_checksum(bytes(header)))
        return bytes(header) + payload
    header = bytearray(first[:40])
    header[4:6], header[6] = struct.pack('!H', len(payload)), first[40]
    return bytes(header) + payload


def position(packet, four):
    if four:
        flags = int.from_bytes(packet[6:8], 'big')
        return (flags & 0x1fff) * 8, bool(flags & 0x2000), packet[(packet[0] & 15) * 4:]
    flags = int.from_bytes(packet[42:44], 'big')
    return flags & 0xfff8, bool(flags & 1), packet[48:]
