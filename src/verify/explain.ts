import { explainNoAddress, explainNoConnection, explainWrongAnswer } from '../checks/locate-hop.js';
import type { CellResult, ConnectionResult, DnsResult } from '../checks/probe-types.js';
import type { JudgeInput, PartsReport } from '../checks/verdict.js';
import { contains } from '../net/cidr.js';
import type { ClusterPlan } from '../plan/types.js';
import type { VerifyCell, VerifySource, VerifyTarget } from '../results/verify.js';
import type { Observation } from './requests.js';

export interface ExplainContext {
  plan: Pick<ClusterPlan, 'mode' | 'clusterDns' | 'dns64' | 'nat64'>;
  sources: readonly VerifySource[];
  targets: readonly VerifyTarget[];
  cells: readonly VerifyCell[];
  observe: (cell: Pick<VerifyCell, 'source' | 'target' | 'protocol'>) => Observation;
  parts: ReadonlyMap<string, PartsReport>;
  /** By a site's id: the IPv4 address from the NAT64 container. */
  nat64: ReadonlyMap<string, ConnectionResult>;
  /** Whether the engine host reaches the site over IPv6. */
  hostReachesIpv6: (target: string) => boolean;
  /** What is known of the engine host: no default route, missing rules, firewalls. */
  host: {
    noIpv6DefaultRoute: boolean;
    noIpv4DefaultRoute: boolean;
    missingRules: readonly string[];
    firewalls: readonly string[];
  };
}

export interface Explanation {
  hop: string;
  explanation: string;
}

/** Where the path of a wrong cell breaks, and why, from all that was seen of other cells: pure. */
export function explainCell(cell: VerifyCell, context: ExplainContext): Explanation {
  const source = context.sources.find(({ id }) => id === cell.source);
  const target = context.targets.find(({ id }) => id === cell.target);
  return (
    explainSize(cell, context) ??
    (cell.expected.path === 'cluster'
      ? explainInside(cell, source, target, context)
      : explainOutside(cell, source, target, context))
  );
}

/** Small packets pass and large ones do not: whatever the target is. */
function explainSize(cell: VerifyCell, { cells }: ExplainContext): Explanation | undefined {
  if (cell.protocol !== 'icmp-1400' && cell.protocol !== 'icmp-8000') return undefined;
  const small = cells.find(
    (other) => other.source === cell.source && other.target === cell.target && other.protocol === 'icmp',
  );
  if (small?.verdict !== 'ok') return undefined;
  const lost = cell.failure === 'too-big' ? 'are answered with `packet too big`' : 'get lost on the way';
  return {
    hop: 'mtu',
    explanation: `large packets ${lost} while small ones pass: a link on the way has a smaller MTU, or something drops large packets or the messages about them`,
  };
}

function explainInside(
  cell: VerifyCell,
  source: VerifySource | undefined,
  target: VerifyTarget | undefined,
  { cells, plan }: ExplainContext,
): Explanation {
  const from = source?.node ?? source?.name ?? cell.source;
  const ok = (id: string, targetId: string): boolean =>
    cells.some(
      (other) => other.source === id && other.target === targetId && other.protocol !== 'dns' && other.verdict === 'ok',
    );
  if (cell.failure === 'wrong-path')
    return { hop: 'node', explanation: `${cell.observed}: traffic among pods is translated on the way` };
  switch (target?.kind) {
    case 'service':
      if (cell.failure === 'dns')
        return {
          hop: 'cluster-dns',
          explanation: `cluster DNS (${plan.clusterDns}) does not resolve the service: ${cell.observed}`,
        };
      return {
        hop: 'node',
        explanation: ok(cell.source, 'pod')
          ? `${from} reaches pods, but no service: kube-proxy there`
          : `${from} reaches neither pods nor services`,
      };
    case 'cluster-dns':
      return {
        hop: 'cluster-dns',
        explanation:
          ok(cell.source, 'service') || source?.kind === 'host'
            ? `cluster DNS (${plan.clusterDns}) does not answer: ${cell.observed}`
            : `${from} does not reach cluster DNS (${plan.clusterDns}): ${cell.observed}`,
      };
    case 'pod':
      return {
        hop: 'node',
        explanation: ok(cell.source, 'node')
          ? `${from} reaches the next node, but not its pods: ${cell.observed}`
          : `${from} does not reach the pod on the next node: ${cell.observed}`,
      };
    default:
      return { hop: 'node', explanation: `${from} does not reach the next node: ${cell.observed}` };
  }
}

function explainOutside(
  cell: VerifyCell,
  source: VerifySource | undefined,
  target: VerifyTarget | undefined,
  context: ExplainContext,
): Explanation {
  const { plan, host, observe } = context;
  const parts = context.parts.get(cell.source);
  const nodeSource = context.sources.find((candidate) => candidate.kind === 'node' && candidate.node === source?.node);
  const onNode = (protocol: VerifyCell['protocol']): Observation =>
    nodeSource === undefined ? {} : observe({ source: nodeSource.id, target: cell.target, protocol });
  const input = judgeInput(context, source, parts, {
    node: toConnection(onNode('tcp').cell),
    nat64: context.nat64.get(cell.target),
    nodeDns64: context.parts.get(nodeSource?.id ?? '')?.dns64,
  });
  if (cell.failure === 'dns')
    return explainNoAddress(input, reportOf(observe({ ...cell, protocol: 'dns' }).dns, onNode('dns').dns));
  if (cell.failure === 'wrong-path' && cell.path !== undefined && cell.path !== cell.expected.path)
    return explainWrongAnswer(input, cell.path === 'nat64' ? 'nat64' : 'direct');
  if (cell.failure === 'wrong-path') return { hop: 'host-rules', explanation: cell.observed };
  if (cell.failure === 'reached')
    return {
      hop: target?.id === 'refused-ipv6' ? 'host-rules' : 'nat64',
      explanation: `${target?.detail ?? 'an address'} (${cell.address ?? ''}) is reached, though it must be refused`,
    };
  // What must be refused is led to NAT64 by the nodes, whatever its family.
  const path =
    cell.expected.path ??
    (cell.expected.result === 'refused' ||
    (cell.address !== undefined && contains(plan.nat64.prefix, cell.address as never))
      ? 'nat64'
      : 'direct');
  if (path === 'direct') {
    if (host.noIpv6DefaultRoute && cell.expected.result === 'reached')
      return {
        hop: 'uplink',
        explanation: 'the engine host has no IPv6 default route (any more), and AAAA use sends names with IPv6 there',
      };
    if (host.missingRules.length > 0)
      return {
        hop: 'host-rules',
        explanation: `rules on the engine host are missing: ${host.missingRules.join(', ')}`,
      };
    if (cell.expected.result === 'reached' && !context.hostReachesIpv6(cell.target))
      return {
        hop: 'uplink',
        explanation: 'the engine host itself reaches it by IPv4 only, and AAAA use sends names with IPv6 there',
      };
  }
  const alone = explainOneNode(cell, source, context);
  if (alone !== undefined) return alone;
  return explainNoConnection(
    input,
    { ...reportOf(undefined, undefined), ipv6: [toConnection(observe(cell).cell)].filter((one) => one !== undefined) },
    path === 'nat64' ? 'nat64' : 'direct',
    0,
  );
}

/** The same from another node works: the fault is this node's own. */
function explainOneNode(
  cell: VerifyCell,
  source: VerifySource | undefined,
  { cells, sources }: ExplainContext,
): Explanation | undefined {
  const same = cells.filter(({ target, protocol }) => target === cell.target && protocol === cell.protocol);
  const nodeOf = (id: string): string | undefined => sources.find((candidate) => candidate.id === id)?.node;
  const others = same.filter((other) => nodeOf(other.source) !== source?.node && other.verdict === 'ok');
  const own = same.filter((other) => nodeOf(other.source) === source?.node);
  if (source?.node === undefined || others.length === 0 || own.some(({ verdict }) => verdict === 'ok'))
    return undefined;
  return {
    hop: 'node',
    explanation: `${source.node} and its pods do not get there, other nodes do: its routes or rules`,
  };
}

function judgeInput(
  { plan, host }: ExplainContext,
  source: VerifySource | undefined,
  parts: PartsReport | undefined,
  evidence: {
    node: ConnectionResult | undefined;
    nat64: ConnectionResult | undefined;
    nodeDns64: DnsResult | undefined;
  },
): JudgeInput {
  return {
    mode: plan.mode,
    isSynthesized: (address) => contains(plan.nat64.prefix, address),
    nat64Zones: plan.dns64.nat64Zones,
    clusterDns: plan.clusterDns,
    dns64: plan.dns64,
    nat64: plan.nat64,
    vantage: source?.kind === 'pod' ? 'pod' : 'node',
    cluster: { parts: parts ?? { clusterDns: undefined, dns64: undefined, nat64: undefined }, targets: [] },
    host: [],
    evidence: [
      {
        node: evidence.node,
        nat64: evidence.nat64,
      },
    ],
    nodeDns64: evidence.nodeDns64,
    foreignFirewalls: host.firewalls,
  };
}

function reportOf(
  aaaa: DnsResult | undefined,
  aaaaDirect: DnsResult | undefined,
): Parameters<typeof explainNoAddress>[1] {
  return { target: { name: '' }, a: undefined, aaaa, aaaaDirect, ipv4: [], ipv6: [] };
}

function toConnection(cell: CellResult | undefined): ConnectionResult | undefined {
  if (cell === undefined || cell.outcome === 'untried') return undefined;
  return {
    probe: 'tcp',
    id: cell.id,
    address: cell.address,
    port: 0,
    outcome: cell.outcome === 'too-big' ? 'failed' : cell.outcome,
    detail: cell.detail,
    ms: cell.ms,
  };
}
