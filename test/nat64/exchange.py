#!/usr/bin/python3
"""Small UDP exchanges. `serve ADDRESS PORT`: answers each datagram with itself. `ask ADDRESS PORT COUNT`: one after the other; prints the round-trip
times in nanoseconds as a JSON list."""
import json
import socket
import sys
import time


def serve(address, port):
    """Bound to its address, or the answer would come from that of the link."""
    endpoint = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    endpoint.bind((address, port))
    while True:
        data, peer = endpoint.recvfrom(2048)
        endpoint.sendto(data, peer)


def ask(address, port, count):
    endpoint = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    endpoint.settimeout(2)
    endpoint.connect((address, port))
    clock, times = time.perf_counter_ns, []
    for number in range(count + 200):
        data = b'%064d' % number
        start = clock()
        endpoint.send(data)
        answer = endpoint.recv(2048)
        end = clock()
        assert answer == data, 'another answer'
        times.append(end - start)
    # The first ones warm caches and the flow's state.
    print(json.dumps(times[200:]))


if sys.argv[1] == 'serve':
    serve(sys.argv[2], int(sys.argv[3]))
else:
    ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
