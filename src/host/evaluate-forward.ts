import type { FirewallChain, FirewallRule } from '../plan/types.js';

/** The first packet of a connection that the engine host is to forward, or the first reply. Interfaces by name. */
export interface ForwardedPacket {
  family: 4 | 6;
  from: string;
  to: string;
  /** Of connection tracking. */
  state: 'new' | 'established';
}

/** Chain and rule (as `nft list` prints it, or `policy drop`) that end a packet's way. */
export interface SureDrop {
  table: string;
  chain: string;
  rule: string;
}

type Match = 'yes' | 'no' | 'maybe';
type Statement = FirewallRule['statements'][number];
/** `unknown`: what becomes of the packet is decided elsewhere. */
type Verdict = 'accept' | 'drop' | 'return' | 'unknown' | { jump: string } | { goto: string };
/** `open`: somewhere on the way it may be accepted, or what happens cannot be told. */
type Fate = { drop: SureDrop } | 'accept' | 'open' | 'continue' | 'return';

/**
 * The rule in one of these tables that drops the packet for sure, whatever its addresses and ports: an accept in one base chain undoes no drop in
 * another, so one that drops is enough. `undefined` where it can get through. What is not understood counts as a way through.
 */
export function findSureDrop(chains: readonly FirewallChain[], packet: ForwardedPacket): SureDrop | undefined {
  const families = packet.family === 4 ? /^(inet|ip) / : /^(inet|ip6) /;
  for (const base of chains.filter((chain) => chain.hook === 'forward' && families.test(chain.table))) {
    const fate = walk(base, { chains, packet, depth: 0 });
    if (typeof fate === 'object') return fate.drop;
    const fallsThrough = fate === 'continue' || fate === 'return';
    if (fallsThrough && base.policy === 'drop') return { table: base.table, chain: base.name, rule: 'policy drop' };
  }
  return undefined;
}

/** Where the packet is: `depth` chains were jumped to. */
interface Way {
  chains: readonly FirewallChain[];
  packet: ForwardedPacket;
  depth: number;
}

function walk(chain: FirewallChain, way: Way): Fate {
  for (const rule of chain.rules) {
    const { matches, verdict } = readRule(rule.statements, way.packet);
    if (matches === 'no' || verdict === undefined) continue;
    const fate =
      verdict === 'drop'
        ? { drop: { table: chain.table, chain: chain.name, rule: withoutCounters(rule.text) } }
        : follow(verdict, chain, way);
    if (matches === 'maybe') {
      // Whether it gets here or goes on cannot be told: only what never lets it through may be passed over.
      if (typeof fate === 'object' || fate === 'continue') continue;
      return 'open';
    }
    if (fate !== 'continue') return fate;
  }
  return 'continue';
}

function follow(verdict: Exclude<Verdict, 'drop'>, chain: FirewallChain, way: Way): Fate {
  if (verdict === 'unknown') return 'open';
  if (typeof verdict === 'string') return verdict;
  const target = 'jump' in verdict ? verdict.jump : verdict.goto;
  const called = way.chains.find((other) => other.table === chain.table && other.name === target);
  if (called === undefined || way.depth > 16) return 'open';
  const fate = walk(called, { ...way, depth: way.depth + 1 });
  // The end of a chain that was jumped to leads back; of one that was gone to, to the end of the chain before.
  if (fate === 'continue' || fate === 'return') return 'jump' in verdict ? 'continue' : 'return';
  return fate;
}

/** What a rule matches, and what it does to a packet in the end; `undefined`: the next rule has it. */
function readRule(
  statements: readonly Statement[],
  packet: ForwardedPacket,
): { matches: Match; verdict: Verdict | undefined } {
  const all = statements.map((statement) => readMatch(statement, packet));
  return {
    matches: all.includes('no') ? 'no' : all.includes('maybe') ? 'maybe' : 'yes',
    verdict: statements.map(readVerdict).find((verdict) => verdict !== undefined),
  };
}

function readVerdict(statement: Statement): Verdict | undefined {
  if (statement.jump !== undefined) return { jump: statement.jump.target };
  if (statement.goto !== undefined) return { goto: statement.goto.target };
  if ('accept' in statement) return 'accept';
  if ('drop' in statement || 'reject' in statement) return 'drop';
  if ('return' in statement) return 'return';
  return 'queue' in statement || 'vmap' in statement ? 'unknown' : undefined;
}

/** Statements that are not known match perhaps. */
function readMatch({ match, vmap, reject, ...others }: Statement, packet: ForwardedPacket): Match {
  if (match !== undefined) return readCondition(match, packet);
  if (vmap !== undefined) return concerns(vmap, packet) ? 'maybe' : 'no';
  // In a table of both families nft leaves out what the kind of reject implies.
  if (reject?.type === 'icmp' || reject?.type === 'icmpv6')
    return toMatch(packet.family === (reject.type === 'icmp' ? 4 : 6));
  return reject !== undefined || Object.keys(others).every((key) => passive.has(key)) ? 'yes' : 'maybe';
}

/** Statements that every packet passes. */
const passive = new Set(['accept', 'continue', 'counter', 'drop', 'goto', 'jump', 'log', 'queue', 'return']);

function readCondition({ op, left, right }: NonNullable<Statement['match']>, packet: ForwardedPacket): Match {
  const values = listValues(right);
  const among = (found: boolean): Match => toMatch(found !== (op === '!='));
  const ownProtocol = packet.family === 4 ? 'ip' : 'ip6';
  if (values !== undefined) {
    if (left.meta?.key === 'iifname' || left.meta?.key === 'iif') return among(nameIsAmong(packet.from, values));
    if (left.meta?.key === 'oifname' || left.meta?.key === 'oif') return among(nameIsAmong(packet.to, values));
    if (left.meta?.key === 'nfproto') return among(values.includes(`ipv${packet.family}`));
    if (left.ct?.key === 'state') return among(values.includes(packet.state));
    // Of packets that the host sends on to another address only.
    if (left.ct?.key === 'status' && op !== '!=' && values.every((value) => value === 'dnat' || value === 'snat'))
      return 'no';
  }
  const protocol = left.payload?.protocol;
  return (protocol === 'ip' || protocol === 'ip6') && protocol !== ownProtocol ? 'no' : 'maybe';
}

/** The right side of a match by words; `undefined` where it is something else. A named set stands as `@name`. */
function listValues(right: unknown): string[] | undefined {
  const values: unknown[] = [isSet(right) ? right.set : right].flat();
  const words = values.filter((value) => typeof value === 'string' && !value.startsWith('@')) as string[];
  return words.length === values.length ? words : undefined;
}

function isSet(value: unknown): value is { set: unknown } {
  return typeof value === 'object' && value !== null && 'set' in value;
}

/** `ct state vmap { established : accept, ... }`: of no concern to a packet whose state it does not name. */
function concerns({ key, data }: NonNullable<Statement['vmap']>, packet: ForwardedPacket): boolean {
  return (
    key.ct?.key !== 'state' || typeof data === 'string' || (data.set ?? []).some(([state]) => state === packet.state)
  );
}

function toMatch(matches: boolean): Match {
  return matches ? 'yes' : 'no';
}

/** `br-*` is nft's wildcard. */
function nameIsAmong(name: string, names: readonly string[]): boolean {
  return names.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name));
}

/** The same text whatever the traffic. */
export function withoutCounters(rule: string): string {
  return rule
    .replace(/ ?\bcounter(?: packets \d+ bytes \d+)?/g, '')
    .replace(/ ?comment "[^"]*"/g, '')
    .trim();
}
