import type { EngineName } from '../addresses.js';

/**
 * One line of the translation tables. Packets are scapy expressions. Their names (packets.py, vocabulary):
 * `up6()` what the client sends through the prefix, `up4()` the same as the router sees it; `down4()` what the server sends, `down6()` as
 * the client sees it; C, S, S6, N: client, server, the server through the prefix, the translator's IPv4 address; P: a port that no other case
 * has; HOPS: by how much this engine lowers the hop limit; fragment4(packet, size), fragment6(packet, size, id), fill(size).
 * The translator keeps ports that are free, so they stay the same. An IPv4 identification that is not given is any.
 */
export interface Step {
  from: 'client' | 'server';
  send: string | readonly string[];
  /** What comes out on the other side, in this order, and nothing else. Without it: nothing. */
  out?: string | readonly string[];
  /** ICMP header of the answer that the sender gets from the translator itself. Without it: none. */
  back?: string;
  /** `out` is compared after reassembly: how a translator cuts is its own business. */
  whole?: boolean;
  /** No packet is longer than this; default 1500. */
  longest?: number;
}

export interface Case extends Step {
  /** Section of RFC 7915, or another document by name. */
  rfc: string;
  what: string;
  /** The flow that is opened before: what comes from the IPv4 side is translated for known flows only. `answered`: an answer came back as well. */
  flow?: FlowName;
  /** MTU of the translator's IPv4 leg during this case. */
  egressMtu?: number;
  /** Where an engine does something else, and why that is known. */
  differs?: Partial<Record<EngineName, Difference>>;
}

interface Difference {
  because: string;
  out?: string | readonly string[];
  back?: string;
  whole?: boolean;
}

/** RFC 7915 4.2 and 5.2 have tables for their pointers. */
export const noParameterProblems: NonNullable<Case['differs']> = {
  tayga: { because: 'the version in Debian drops parameter problems, but for unknown next headers' },
};

export type FlowName = 'udp' | 'udp answered' | 'tcp' | 'tcp answered' | 'echo' | 'echo answered';

export const flows: Record<FlowName, readonly Step[]> = {
  udp: [udp('client')],
  'udp answered': [udp('client'), udp('server')],
  tcp: [tcp('client')],
  'tcp answered': [tcp('client'), tcp('server')],
  echo: [echo('client')],
  'echo answered': [echo('client'), echo('server')],
};

/** Steps of a case for an engine: its flow first. */
export function stepsOf(one: Case, engine: EngineName): Step[] {
  const { from, send, out, back, whole, longest, differs, flow } = one;
  const { because, ...other } = differs?.[engine] ?? {};
  const expected =
    because === undefined
      ? {
          ...(out === undefined ? {} : { out }),
          ...(back === undefined ? {} : { back }),
          ...(whole === undefined ? {} : { whole }),
        }
      : other;
  return [
    ...(flow === undefined ? [] : flows[flow]),
    { from, send, ...expected, ...(longest === undefined ? {} : { longest }) },
  ];
}

function udp(from: Step['from']): Step {
  return from === 'client'
    ? { from, send: 'up6()/UDP(sport=P,dport=7)/b"open"', out: 'up4()/UDP(sport=P,dport=7)/b"open"' }
    : { from, send: 'down4(flags="DF")/UDP(sport=7,dport=P)/b"open"', out: 'down6()/UDP(sport=7,dport=P)/b"open"' };
}

function tcp(from: Step['from']): Step {
  return from === 'client'
    ? {
        from,
        send: 'up6()/TCP(sport=P,dport=80,flags="S",seq=1000)',
        out: 'up4()/TCP(sport=P,dport=80,flags="S",seq=1000)',
      }
    : {
        from,
        send: 'down4(flags="DF")/TCP(sport=80,dport=P,flags="SA",seq=5000,ack=1001)',
        out: 'down6()/TCP(sport=80,dport=P,flags="SA",seq=5000,ack=1001)',
      };
}

function echo(from: Step['from']): Step {
  return from === 'client'
    ? { from, send: 'up6()/ICMPv6EchoRequest(id=P,seq=1,data=b"open")', out: 'up4()/ICMP(type=8,id=P,seq=1)/b"open"' }
    : {
        from,
        send: 'down4(flags="DF")/ICMP(type=0,id=P,seq=1)/b"open"',
        out: 'down6()/ICMPv6EchoReply(id=P,seq=1,data=b"open")',
      };
}
