import { parseAddress } from '../net/address.js';

export interface Tuple {
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
}

/** One entry of the kernel's connection tracking. `outgoing`: the packet as it leaves, read off the direction of the answer. */
export interface TrackedConnection {
  state: string | undefined;
  original: Tuple;
  outgoing: Tuple;
  replied: boolean;
}

/** The lines of `conntrack -L` that are TCP connections. */
export function readConntrack(output: string): TrackedConnection[] {
  return output.split('\n').flatMap((line) => {
    const tuples = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)].map(
      ([, source = '', destination = '', sourcePort, destinationPort]): Tuple => ({
        source: parseAddress(source),
        destination: parseAddress(destination),
        sourcePort: Number(sourcePort),
        destinationPort: Number(destinationPort),
      }),
    );
    const [original, reply] = tuples;
    if (!line.startsWith('tcp') || original === undefined || reply === undefined) return [];
    const state = /^tcp\s+6\s+\d+\s+([A-Z_]+)/.exec(line)?.[1];
    return [
      {
        state,
        original,
        outgoing: {
          source: reply.destination,
          destination: reply.source,
          sourcePort: reply.destinationPort,
          destinationPort: reply.sourcePort,
        },
        replied: !line.includes('[UNREPLIED]'),
      },
    ];
  });
}

/** The connection whose packets come in like this; `sourcePort` absent: whatever it is. */
export function findConnection(
  connections: readonly TrackedConnection[],
  incoming: Omit<Tuple, 'sourcePort'> & { sourcePort?: number | undefined },
): TrackedConnection | undefined {
  return connections.find(
    ({ original }) =>
      original.source === incoming.source &&
      original.destination === incoming.destination &&
      original.destinationPort === incoming.destinationPort &&
      (incoming.sourcePort === undefined || original.sourcePort === incoming.sourcePort),
  );
}
