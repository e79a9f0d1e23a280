import { describeDns, describeOutcome } from '../checks/describe.js';
import type { CellResult, DnsResult } from '../checks/probe-types.js';
import { contains } from '../net/cidr.js';
import type { IpAddress, Ipv6Cidr } from '../net/types.js';
import type { CellPath, VerifyCell } from '../results/verify.js';
import type { PlannedCell } from './cells.js';
import type { Observation } from './requests.js';

export interface CellContext {
  /** The cluster's own addresses: a target outside must never see one. */
  inside: readonly Ipv6Cidr[];
  nat64Prefix: Ipv6Cidr;
  /** Whether the engine host itself got an answer, by either family; undefined: it is not asked for such a target. */
  hostReached: boolean | undefined;
}

type Judgement = Pick<VerifyCell, 'verdict' | 'observed'> &
  Partial<Pick<VerifyCell, 'failure' | 'path' | 'address' | 'ms' | 'sourceSeen'>>;

/** One cell's result against what was expected of it: pure. What the engine host gets no answer from either is held against nobody. */
export function judgeCell(planned: PlannedCell, observation: Observation, context: CellContext): VerifyCell {
  const { source, target, protocol, expected, port } = planned;
  const judgement =
    planned.request.cell === undefined
      ? judgeQuestion(planned, observation.dns, context)
      : judgeAttempt(planned, observation, context);
  const excused =
    judgement.verdict === 'wrong' &&
    judgement.failure !== 'reached' &&
    (expected.result === 'unknown' ||
      (expected.path !== 'cluster' && expected.result === 'reached' && context.hostReached === false));
  return {
    source,
    target,
    protocol,
    expected,
    port,
    ...judgement,
    ...(excused ? { verdict: 'unverified' as const } : {}),
  };
}

function judgeQuestion({ expected }: PlannedCell, dns: DnsResult | undefined, context: CellContext): Judgement {
  const [address] = dns?.addresses ?? [];
  if (dns === undefined || address === undefined)
    return {
      verdict: 'wrong',
      observed: describeDns(dns),
      failure: 'dns',
      ms: dns?.ms,
    };
  const path = expected.path === 'cluster' ? 'cluster' : pathOf(address, context);
  const seen = { observed: address, path, address, ms: dns.ms };
  if (expected.path !== undefined && path !== expected.path)
    return {
      ...seen,
      verdict: 'wrong',
      failure: 'wrong-path',
      observed: `${path === 'nat64' ? 'a synthesized address' : 'a native address'}, ${address}`,
    };
  return { ...seen, verdict: 'ok' };
}

function judgeAttempt(
  { expected, expectedSource }: PlannedCell,
  { dns, cell }: Observation,
  context: CellContext,
): Judgement {
  // What was tried has a limit of its own, and a result.
  if (cell === undefined)
    return dns !== undefined && dns.addresses.length === 0
      ? { verdict: 'wrong', observed: `no address: ${describeDns(dns)}`, failure: 'dns' }
      : { verdict: 'untried', observed: 'not tried: the time ran out before' };
  if (cell.outcome === 'untried') return { verdict: 'untried', observed: 'the tool for it is missing there' };
  const path: CellPath = expected.path === 'cluster' ? 'cluster' : pathOf(cell.address, context);
  const seen = {
    path,
    address: cell.address,
    ms: cell.ms,
    observed: describeCell(cell),
    ...(cell.source === '' ? {} : { sourceSeen: cell.source }),
  };
  if (expected.result === 'refused') {
    if (cell.outcome === 'connected')
      return { ...seen, verdict: 'wrong', failure: 'reached', observed: 'reached, and should have been refused' };
    return isRefusal(cell)
      ? { ...seen, verdict: 'ok' }
      : { ...seen, verdict: 'wrong', failure: failureOf(cell), observed: `${seen.observed}, where a refusal was due` };
  }
  if (cell.outcome !== 'connected') return { ...seen, verdict: 'wrong', failure: failureOf(cell) };
  const detour = describeDetour(
    { path, source: cell.source },
    { path: expected.path, source: expectedSource },
    context,
  );
  return detour === undefined
    ? { ...seen, verdict: 'ok' }
    : { ...seen, verdict: 'wrong', failure: 'wrong-path', observed: detour };
}

/** Reached, but by another way than it should have been. */
function describeDetour(
  { path, source }: { path: CellPath; source: string },
  expected: { path: CellPath | undefined; source: IpAddress | undefined },
  { inside }: CellContext,
): string | undefined {
  if (expected.path !== undefined && path !== expected.path)
    return path === 'nat64' ? 'reached by NAT64, not directly' : 'reached directly, not by NAT64';
  if (source === '') return undefined;
  if (expected.source !== undefined && source !== expected.source)
    return `the target saw ${source}, not the pod's own address`;
  if (expected.path === 'nat64' && source.includes(':')) return `the target saw ${source}, which is no IPv4 address`;
  if (expected.path === 'direct' && !source.includes(':')) return `the target saw ${source}, which is no IPv6 address`;
  if (expected.path === 'direct' && inside.some((cidr) => contains(cidr, source as IpAddress)))
    return `the target saw ${source}, an address of the cluster's own`;
  return undefined;
}

export function describeCell({ outcome, detail }: CellResult): string {
  if (outcome === 'too-big') return 'packet too big';
  if (outcome === 'untried') return 'not tried';
  return `${describeOutcome(outcome)}${outcome === 'failed' && detail.trim() !== '' ? ` (${detail.trim()})` : ''}`;
}

function pathOf(address: IpAddress, { nat64Prefix }: CellContext): CellPath {
  return contains(nat64Prefix, address) ? 'nat64' : 'direct';
}

function isRefusal({ outcome }: CellResult): boolean {
  return outcome === 'prohibited' || outcome === 'no-route' || outcome === 'refused';
}

function failureOf({ outcome }: CellResult): NonNullable<VerifyCell['failure']> {
  switch (outcome) {
    case 'no-route':
    case 'refused':
    case 'prohibited':
    case 'timed-out':
    case 'too-big':
      return outcome;
    default:
      return 'other';
  }
}
