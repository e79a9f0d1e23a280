import type { FirewallChain } from '../plan/types.js';

/** The first packet of a connection that the engine host is to forward. Interfaces by name. */
export interface ForwardedPacket {
  family: 4 | 6;
  from: string;
  to: string;
}

/** Chain and rule (as `nft list` prints it, or `policy drop`) that end a packet's way. */
export interface SureDrop {
  table: string;
  chain: string;
  rule: string;
}

type Match = 'yes' | 'no' | 'maybe';
/** `open`: somewhere on the way it may be accepted, or what happens cannot be told. */
type Fate = { drop: SureDrop } | 'accept' | 'open' | 'continue' | 'return';

/**
 * The rule in one of these tables that drops the packet for sure, whatever its addresses and ports: an accept in one base chain undoes no drop in
 * another, so one that drops is enough. `undefined` where it can get through. What is not understood counts as a way through.
 */
export function findSureDrop(chains: readonly FirewallChain[], packet: ForwardedPacket): SureDrop | undefined {
  const families = packet.family === 4 ? /^(inet|ip) / : /^(inet|ip6) /;
  for (const base of chains.filter((chain) => chain.hook === 'forward' && families.test(chain.table))) {
    const fate = walk(base, chains, packet, 0);
    if (typeof fate === 'object') return fate.drop;
    const fallsThrough = fate === 'continue' || fate === 'return';
    if (fallsThrough && base.policy === 'drop') return { table: base.table, chain: base.name, rule: 'policy drop' };
  }
  return undefined;
}

function walk(chain: FirewallChain, chains: readonly FirewallChain[], packet: ForwardedPacket, depth: number): Fate {
  for (const rule of chain.rules) {
    const { matches, verdict } = readRule(rule, packet);
    if (matches === 'no' || verdict === 'none') continue;
    const fate = follow(verdict, rule, chain, chains, packet, depth);
    if (matches === 'maybe') {
      // Whether it gets here or goes on cannot be told: only what never lets it through may be passed over.
      if (typeof fate === 'object' || fate === 'continue') continue;
      return 'open';
    }
    if (fate !== 'continue') return fate;
  }
  return 'continue';
}

function follow(
  verdict: string,
  rule: string,
  chain: FirewallChain,
  chains: readonly FirewallChain[],
  packet: ForwardedPacket,
  depth: number,
): Fate {
  if (verdict === 'drop' || verdict === 'reject')
    return { drop: { table: chain.table, chain: chain.name, rule: withoutCounters(rule) } };
  if (verdict === 'accept' || verdict === 'return') return verdict;
  const target = /^(jump|goto) (\S+)$/.exec(verdict);
  const called = chains.find((other) => other.table === chain.table && other.name === target?.[2]);
  if (called === undefined || depth > 16) return 'open';
  const fate = walk(called, chains, packet, depth + 1);
  // The end of a chain that was jumped to leads back; of one that was gone to, to the end of the chain before.
  if (fate === 'continue' || fate === 'return') return target?.[1] === 'jump' ? 'continue' : 'return';
  return fate;
}

/** Splits a rule into what it matches and what it does. Statements that are not known match perhaps. */
function readRule(text: string, packet: ForwardedPacket): { matches: Match; verdict: string } {
  let rest = withoutCounters(text);
  const end = /(?:^|\s)(accept|drop|return|reject(?: with .*)?|(?:jump|goto) \S+|queue.*|continue)$/.exec(rest);
  if (end === null) return / vmap /.test(rest) ? readVerdictMap(rest) : { matches: 'maybe', verdict: 'none' };
  rest = rest.slice(0, end.index).trim();
  const verdict = (end[1] ?? '').replace(/^reject.*/, 'reject').replace(/^continue$/, 'none');
  const all: Match[] = [];
  while (rest !== '') {
    const known = matchers.find(({ pattern }) => pattern.test(rest));
    const found = known?.pattern.exec(rest);
    if (known === undefined || found === undefined || found === null)
      return { matches: all.includes('no') ? 'no' : 'maybe', verdict };
    all.push(known.matches(found, packet));
    rest = rest.slice(found[0].length).trim();
  }
  return { matches: all.includes('no') ? 'no' : all.includes('maybe') ? 'maybe' : 'yes', verdict };
}

/** `ct state vmap { established : accept, ... }`: of no concern to the first packet, unless it names `new`. */
function readVerdictMap(text: string): { matches: Match; verdict: string } {
  const concerns = !/^ct state vmap \{/.test(text) || /\bnew\b/.test(text);
  return { matches: concerns ? 'maybe' : 'no', verdict: 'accept' };
}

const matchers: readonly { pattern: RegExp; matches: (found: RegExpExecArray, packet: ForwardedPacket) => Match }[] = [
  {
    pattern: /^(i|o)if(?:name)? (!= )?(\{[^}]*\}|"[^"]*")/,
    matches: ([, side, not, names = ''], packet) =>
      toMatch(namesInclude(names, side === 'i' ? packet.from : packet.to) !== (not !== undefined)),
  },
  {
    pattern: /^ct state (!= )?(\{[^}]*\}|[\w,]+)/,
    matches: ([, not, states = '']) => toMatch(/\bnew\b/.test(states) !== (not !== undefined)),
  },
  // Of packets that the host sends on to another address only.
  { pattern: /^ct status (?:dnat|snat)/, matches: () => 'no' },
  {
    pattern: /^meta nfproto (ipv4|ipv6)/,
    matches: ([, family], packet) => toMatch(family === (packet.family === 4 ? 'ipv4' : 'ipv6')),
  },
  {
    pattern: /^(ip6?) (?:saddr|daddr) (?:!= )?(?:\{[^}]*\}|\S+)/,
    matches: ([, family], packet) => (family === (packet.family === 4 ? 'ip' : 'ip6') ? 'maybe' : 'no'),
  },
  { pattern: /^log(?: (?:prefix "[^"]*"|level \w+|flags \w+|group \d+))*/, matches: () => 'yes' },
];

function toMatch(matches: boolean): Match {
  return matches ? 'yes' : 'no';
}

/** `"br-*"` is nft's wildcard. */
function namesInclude(names: string, name: string): boolean {
  return [...names.matchAll(/"([^"]*)"/g)].some(([, one = '']) =>
    one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name,
  );
}

function withoutCounters(rule: string): string {
  return rule
    .replace(/ ?\bcounter(?: packets \d+ bytes \d+)?/g, '')
    .replace(/ ?comment "[^"]*"/g, '')
    .trim();
}
