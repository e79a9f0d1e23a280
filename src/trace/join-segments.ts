import type { TracePacket, TraceResult, TraceSegment } from '../results/trace.js';
import { findConnection, type TrackedConnection, type Tuple } from './read-conntrack.js';

/** What connection tracking told at each place; absent: it could not be asked. */
export interface Tracked {
  node: readonly TrackedConnection[] | undefined;
  nat64Ipv4?: readonly TrackedConnection[] | undefined;
  host: readonly TrackedConnection[] | undefined;
}

export interface JoinRequest {
  path: 'nat64' | 'direct';
  pod: { name: string; node: string; address: string };
  address: string;
  ipv4: string | undefined;
  port: number;
  target: string;
  nat64: { name: string; state: string };
  outcome: string;
  tracked: Tracked;
}

type Joined = Pick<TraceResult, 'segments' | 'stopped'>;

/**
 * The way of one connection, each part with its packet before and after each translation: every place's entry is found by what the place before it
 * sent. Where the chain of entries ends, the packets ended too. Pure.
 */
export function joinSegments(request: JoinRequest): Joined {
  return request.path === 'nat64' ? joinNat64(request) : joinDirect(request);
}

function joinNat64({ pod, address, ipv4 = '', port, target, nat64, outcome, tracked }: JoinRequest): Joined {
  const node = find(tracked.node, { source: pod.address, destination: address, destinationPort: port });
  // The translator keeps ports and takes an address of its pool for the node's. It tracks the IPv4 side alone (render/nat64-rules.ts).
  const left =
    node === undefined
      ? undefined
      : tracked.nat64Ipv4?.find(
          ({ original }) =>
            original.destination === ipv4 &&
            original.destinationPort === port &&
            original.sourcePort === node.outgoing.sourcePort,
        );
  const host = left === undefined ? undefined : find(tracked.host, left.outgoing);
  const segments: TraceSegment[] = [
    segment({
      label: 'A',
      from: 'pod',
      to: pod.node,
      tuple: node?.original,
      answered: node?.replied,
      evidence: `connection tracking of ${pod.node}`,
    }),
    segment({
      label: 'B',
      from: pod.node,
      to: 'NAT64',
      tuple: node?.outgoing,
      answered: node?.replied,
      evidence: `connection tracking of ${pod.node}`,
      translated: describeChange(node, 'masquerade'),
    }),
    segment({
      label: 'C',
      from: 'NAT64',
      to: 'engine host',
      tuple: left?.outgoing,
      answered: left?.replied,
      evidence: `connection tracking of ${nat64.name}`,
      translated: left === undefined ? undefined : `NAT64 to ${left.original.source} of its pool, then masquerade`,
    }),
    segment({
      label: 'D',
      from: 'engine host',
      to: target,
      tuple: host?.outgoing,
      answered: host?.replied,
      evidence: 'connection tracking of the engine host',
      translated: describeChange(host, 'SNAT'),
    }),
  ];
  if (outcome === 'connected') return { segments };
  if (nat64.state !== 'running')
    return { segments, stopped: { at: 'NAT64', reason: `its container ${nat64.name} is ${nat64.state}` } };
  if (node === undefined)
    return { segments, stopped: { at: pod.node, reason: `${pod.node} forwards nothing to it: ${outcome}` } };
  if (outcome === 'prohibited')
    return {
      segments,
      stopped: { at: 'NAT64', reason: `NAT64 refuses ${ipv4}: DIND_NAT64_DENY, or a network of the engine's own` },
    };
  if (left === undefined)
    return {
      segments,
      stopped: {
        at: 'NAT64',
        reason: `${pod.node} sends it, NAT64 does not get it, does not let it in or does not translate it`,
      },
    };
  if (host === undefined)
    return {
      segments,
      stopped: {
        at: 'engine host',
        reason: 'NAT64 sends it, the engine host does not forward it: its firewall, or its routes',
      },
    };
  return { segments, stopped: { at: target, reason: describeSilence(outcome, host) } };
}

function joinDirect({ pod, address, port, target, outcome, tracked }: JoinRequest): Joined {
  const node = find(tracked.node, { source: pod.address, destination: address, destinationPort: port });
  const host = node === undefined ? undefined : find(tracked.host, node.outgoing);
  const segments: TraceSegment[] = [
    segment({
      label: 'A',
      from: 'pod',
      to: pod.node,
      tuple: node?.original,
      answered: node?.replied,
      evidence: `connection tracking of ${pod.node}`,
    }),
    segment({
      label: 'B',
      from: pod.node,
      to: 'engine host',
      tuple: node?.outgoing,
      answered: node?.replied,
      evidence: `connection tracking of ${pod.node}`,
      translated: describeChange(node, 'masquerade'),
    }),
    segment({
      label: 'C',
      from: 'engine host',
      to: target,
      tuple: host?.outgoing,
      answered: host?.replied,
      evidence: 'connection tracking of the engine host',
      translated: describeChange(host, 'SNAT'),
    }),
  ];
  if (outcome === 'connected') return { segments };
  if (node === undefined)
    return {
      segments,
      stopped: {
        at: pod.node,
        reason: `${pod.node} forwards nothing to it: ${outcome === 'no-route' || outcome === 'prohibited' ? 'with AAAA use off there is no path to IPv6 addresses' : outcome}`,
      },
    };
  if (host === undefined)
    return {
      segments,
      stopped: {
        at: 'engine host',
        reason: `${pod.node} sends it, the engine host does not forward it: its firewall, its rules of dind64, or no IPv6 default route`,
      },
    };
  return { segments, stopped: { at: target, reason: describeSilence(outcome, host) } };
}

function describeSilence(outcome: string, host: TrackedConnection): string {
  if (outcome === 'refused') return 'it refuses the connection: nothing listens on that port';
  return host.replied ? `it answers: ${outcome}` : 'the engine host sends it, and nothing comes back';
}

function find(
  connections: readonly TrackedConnection[] | undefined,
  incoming: Omit<Tuple, 'sourcePort'> & { sourcePort?: number },
): TrackedConnection | undefined {
  return connections === undefined ? undefined : findConnection(connections, incoming);
}

interface SeenSegment extends Pick<TraceSegment, 'label' | 'from' | 'to' | 'evidence'> {
  /** `undefined`: nothing was seen of it. */
  tuple: Tuple | undefined;
  answered: boolean | undefined;
  translated?: string | undefined;
}

function segment({ label, from, to, tuple, answered, evidence, translated }: SeenSegment): TraceSegment {
  const packet: TracePacket | undefined = tuple === undefined ? undefined : { ...tuple };
  return {
    label,
    from,
    to,
    packet,
    translated: packet === undefined ? undefined : translated,
    answered: packet !== undefined && answered === true,
    evidence: packet === undefined ? `${evidence}: no entry` : evidence,
  };
}

function describeChange(connection: TrackedConnection | undefined, word: string): string | undefined {
  return connection === undefined || connection.original.source === connection.outgoing.source ? undefined : word;
}
