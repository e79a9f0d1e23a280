import { attemptMs } from '../checks/connectivity.js';
import type { ProbeResult } from '../checks/probe-types.js';
import { runProbe } from '../checks/run-probe.js';
import { fromContainer, fromHost } from '../checks/vantage.js';
import type { ContainerState } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { VerifyFinding, VerifyResult } from '../results/verify.js';
import type { CheckTarget } from '../settings/types.js';
import type { Context } from '../cluster/context.js';
import { gatherVerifyEvidence, noEvidence } from '../verify/evidence.js';
import { explainCell } from '../verify/explain.js';
import { collectFindings, outcomeOf } from '../verify/findings.js';
import { hostReached, hostReachedIpv6, hostSource, judgeHostCells } from '../verify/host-cells.js';
import { findDeadContainers, findDeadResolvers } from '../verify/host-findings.js';
import { judgeCell } from '../verify/judge-cell.js';
import { cellKey, lookFromAll, type LookRequest, type Seen } from '../verify/look.js';
import { findNodeFaults } from '../verify/node-state.js';
import { siteId, type PlannedCell } from '../verify/cells.js';
import { planMatrix, type Matrix } from '../verify/plan-matrix.js';
import {
  ensureProbePods,
  ensureProbeService,
  removeProbeObjects,
  type ProbePod,
  type ProbePodRequest,
} from '../verify/probe-pods.js';
import { planHostRequests, readHostViews, type HostView } from '../verify/requests.js';
import { scaleLimit } from '../wait.js';
import { listClusterContainers, refuseAttached } from '../cluster/access.js';
import { requireRunningCluster } from '../cluster/running.js';
import { howTo } from '../how-to.js';

export interface VerifyOptions {
  /** Besides those of DIND_CHECK_TARGETS. */ targets?: readonly CheckTarget[];
}

/** More wrong cells than this are no cluster that is still settling: a second look would only cost time. */
const settlingCells = 12;

/** The connectivity matrix of a live cluster. Makes a pod on each node for a few seconds and changes nothing else. Throws DindError where there is no cluster; what is broken is in the answer. */
export async function verify(context: Context, options: VerifyOptions = {}): Promise<VerifyResult> {
  const started = new Date();
  const begin = performance.now();
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  const [running, containers] = await Promise.all([
    requireRunningCluster(context, engine),
    listClusterContainers(engine, clusterName, ['control-plane', 'worker', 'dns64', 'nat64', 'api']),
  ]);
  // Its cells are ways that dind64's own nodes and host rules give.
  refuseAttached(running.record, 'verifying the cluster');
  const observe = (text: string): void => context.reporter.report({ type: 'observed', step: 'verify', text });
  const request: PodsRequest = {
    engine,
    plan: running.plan,
    limitMs: scaleLimit(15_000, running.plan.timeoutMs),
    signal: context.signal,
    observe,
  };
  try {
    const answer = await verifyWith(request, containers, [
      ...(running.plan.checkTargets === 'none' ? [] : running.plan.checkTargets),
      ...(options.targets ?? []),
    ]);
    return {
      cluster: clusterName,
      mode: { aaaa: running.plan.mode.aaaa, reason: running.plan.mode.reason },
      startedAt: started.toISOString(),
      durationMs: Math.round(performance.now() - begin),
      ...answer,
    };
  } finally {
    await removeProbeObjects({ ...request, signal: AbortSignal.timeout(scaleLimit(5000, running.plan.timeoutMs)) });
  }
}

type PodsRequest = ProbePodRequest & { plan: ClusterPlan };
type Answer = Omit<VerifyResult, 'cluster' | 'mode' | 'startedAt' | 'durationMs'>;

async function verifyWith(request: PodsRequest, containers: ContainerState[], targets: CheckTarget[]): Promise<Answer> {
  const { engine, plan, signal } = request;
  const limit = attemptMs(plan.timeoutMs);
  const parts: VerifyFinding[] = findDeadContainers(plan, containers);
  const alive = (name: string): boolean =>
    containers.some((container) => container.name === name && container.status === 'running');
  const [hostResults, pods, service, nodeFaults] = await Promise.all([
    probeHost(request, targets, limit, parts),
    plan.cni.kind === 'none' ? [] : ensurePods(request, alive),
    plan.cni.kind === 'none' || !alive(plan.nodes[0]?.name ?? '')
      ? undefined
      : ensureProbeService(request).catch((error: unknown) => {
          signal.throwIfAborted();
          parts.push({
            hop: 'api',
            text: `the Kubernetes API does not answer: ${lastLine(error)}`,
            severity: 'wrong',
            cells: 0,
          });
          return undefined;
        }),
    Promise.all(plan.nodes.filter(({ name }) => alive(name)).map((node) => findNodeFaults(engine, node, signal))),
  ]);
  parts.push(...nodeFaults.flat());
  const views = readHostViews(hostResults, targets);
  parts.push(...findDeadResolvers(views));
  const matrix = planMatrix({
    plan,
    pods,
    service,
    sites: targets.map((target, index) => ({ target, records: views[index]?.records ?? { a: [], aaaa: [] } })),
  });
  const look: LookRequest = {
    plan,
    matrix,
    attemptMs: limit,
    signal,
    vantageOf: (source) =>
      source.kind === 'pod'
        ? pods.find(({ node }) => node === source.node)?.vantage
        : alive(source.node ?? '')
          ? fromContainer(engine, source.node ?? '')
          : undefined,
    onProblem: (source, text) => {
      source.problem = text;
    },
  };
  request.observe?.(`${matrix.cells.length} cells from ${matrix.sources.length} places`);
  const seen = await lookFromAll(look, matrix.cells);
  let cells = judgeAll(request, matrix, seen, views);
  const wrong = wrongOf(matrix, cells);
  if (wrong.length > 0 && wrong.length <= settlingCells) {
    const again = await lookFromAll(look, wrong);
    for (const [key, observation] of again.observations) seen.observations.set(key, observation);
    cells = judgeAll(request, matrix, seen, views);
  }
  return conclude(request, { matrix, cells, seen, views, targets, parts, hostResults });
}

interface Conclusion {
  matrix: Matrix;
  cells: Answer['cells'];
  seen: Seen;
  views: HostView[];
  targets: CheckTarget[];
  parts: VerifyFinding[];
  hostResults: ProbeResult[];
}

async function conclude(
  request: PodsRequest,
  { matrix, cells, seen, views, targets, parts, hostResults }: Conclusion,
): Promise<Answer> {
  const { plan } = request;
  const evidence = cells.some(({ verdict, expected }) => verdict === 'wrong' && expected.path !== 'cluster')
    ? await gatherVerifyEvidence(request, views, targets)
    : noEvidence;
  const explained = cells.map((cell) => {
    if (cell.verdict !== 'wrong') return cell;
    return {
      ...cell,
      ...explainCell(cell, {
        plan,
        sources: matrix.sources,
        targets: matrix.targets,
        cells,
        parts: seen.parts,
        ...evidence,
        observe: (key) => seen.observations.get(cellKey(key)) ?? {},
        hostReachesIpv6: (target) => hostReachedIpv6(views[Number(target.replace('site-', ''))]),
      }),
    };
  });
  const hostCells = judgeHostCells(
    targets,
    { views, results: hostResults },
    plan.nodes[0]?.address ?? plan.nodeNetwork.gateway,
    cidrsOf(plan),
  );
  const unable = matrix.sources.flatMap(({ node, problem }) =>
    problem === undefined
      ? []
      : [{ hop: 'node', text: `${node ?? ''}: ${problem}`, severity: 'wrong' as const, cells: 0 }],
  );
  const all = [
    ...explained,
    ...hostCells.map((cell) =>
      cell.verdict === 'wrong'
        ? {
            ...cell,
            hop: 'node',
            explanation: `the engine host does not reach ${plan.nodes[0]?.name ?? ''}: ${cell.observed}`,
          }
        : cell,
    ),
  ];
  const findings = collectFindings(parts, all, (hop) => remedyOf(hop, plan), unable);
  return {
    outcome: outcomeOf(findings, all),
    findings,
    sources: [...matrix.sources, hostSource],
    targets: matrix.targets,
    cells: all,
  };
}

function judgeAll(
  { plan }: PodsRequest,
  matrix: Matrix,
  { observations }: Seen,
  views: readonly HostView[],
): Answer['cells'] {
  const literalView = views.find(({ records }) => records.a.length > 0);
  return matrix.cells
    .filter((cell) => observations.has(cellKey(cell)))
    .map((cell) => {
      const view = cell.target === 'literal' ? literalView : views.find((_, index) => siteId(index) === cell.target);
      return judgeCell(cell, observations.get(cellKey(cell)) ?? {}, {
        ...cidrsOf(plan),
        hostReached: hostReached(view, cell.request.cell),
      });
    });
}

function wrongOf(matrix: Matrix, cells: Answer['cells']): PlannedCell[] {
  const wrong = new Set(cells.filter(({ verdict }) => verdict === 'wrong').map(cellKey));
  // Together with the question for their name, without which they are not tried.
  return matrix.cells.filter((cell) => wrong.has(cellKey(cell)));
}

async function ensurePods(request: PodsRequest, alive: (name: string) => boolean): Promise<ProbePod[]> {
  if (!alive(request.plan.nodes[0]?.name ?? '')) return [];
  return ensureProbePods({
    ...request,
    plan: { ...request.plan, nodes: request.plan.nodes.filter(({ name }) => alive(name)) },
  });
}

async function probeHost(
  { engine, plan, signal }: PodsRequest,
  targets: CheckTarget[],
  limit: number,
  parts: VerifyFinding[],
): Promise<ProbeResult[]> {
  const node = plan.nodes[0]?.address ?? plan.nodeNetwork.gateway;
  return runProbe(fromHost(engine, plan.baseImage, ['NET_RAW']), planHostRequests(targets, node), {
    attemptMs: limit,
    signal,
    limitMs: limit * 10,
  }).catch((error: unknown) => {
    signal.throwIfAborted();
    parts.push({
      hop: 'host-rules',
      text: `nothing can be tried from the engine host: ${lastLine(error)}`,
      severity: 'warning',
      cells: 0,
    });
    return [];
  });
}

function cidrsOf(plan: ClusterPlan): { inside: VerifyCidrs; nat64Prefix: ClusterPlan['nat64']['prefix'] } {
  return { inside: [plan.nodeNetwork.cidr, plan.podCidr, plan.serviceCidr], nat64Prefix: plan.nat64.prefix };
}

type VerifyCidrs = ClusterPlan['podCidr'][];

function remedyOf(hop: string, plan: ClusterPlan): string | undefined {
  switch (hop) {
    case 'node':
    case 'host-rules':
      return `\`${howTo('up')}\` puts rules and routes right`;
    case 'dns64':
      return `docker logs ${plan.dns64.name}; resolvers of your own: ${howTo('up', 'DIND_DNS64_UPSTREAMS=192.0.2.53')}`;
    case 'nat64':
      return `docker logs ${plan.nat64.name}`;
    case 'cluster-dns':
      return howTo('kubectl -n kube-system logs -l k8s-app=kube-dns');
    case 'uplink':
      return plan.mode.aaaa
        ? `restore the host's IPv6, or let dind64 see that it has none: ${howTo('aaaa auto')}`
        : undefined;
    case 'mtu':
      return `the network's MTU is chosen at the first \`up\` from the host's uplinks: \`${howTo('clean')} && ${howTo('up')}\` after an uplink or a VPN has changed`;
    default:
      return undefined;
  }
}

function lastLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
}
