import type { IpAddress } from '../net/types.js';
import { havePodNetwork } from '../plan/attached.js';
import { shortNodeName } from '../plan/nodes.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import type { VerifyCell, VerifySource, VerifyTarget } from '../results/verify.js';
import type { CheckTarget } from '../settings/types.js';
import { cellsOfSite, nodeCells, pings, siteId, type CellTry, type PlannedCell } from './cells.js';
import { planLiterals, planLiteralTargets } from './literals.js';
import { expectOfSite, kindOfSite, type SiteRecords } from './site-kinds.js';

export interface Matrix {
  sources: VerifySource[];
  targets: VerifyTarget[];
  cells: PlannedCell[];
}

type MatrixPlan = Pick<
  ClusterPlan,
  'clusterName' | 'attached' | 'mode' | 'nodes' | 'clusterDns' | 'nat64' | 'dns64' | 'host' | 'cni'
>;

export interface MatrixInputs {
  plan: MatrixPlan;
  /** Pods that run, by their node; `problem` where one does not. */
  pods: readonly { node: string; address?: IpAddress; problem?: string }[];
  /** Cluster address of the service over the pods. */
  service: IpAddress | undefined;
  /** What is looked at outside, with the records that the engine host found. */
  sites: readonly { target: CheckTarget; records: SiteRecords }[];
}

/** Where the pods of `verify` listen, TCP and UDP. */
export const podPort = 6464;
const serviceName = 'dind64-verify.default.svc.cluster.local';

const apiName = 'kubernetes.default.svc.cluster.local';
/** Sources x targets x protocols, each with what the current mode promises: pure. The engine host's own cells are in host-cells.ts. */
export function planMatrix(inputs: MatrixInputs): Matrix {
  const { plan, pods, sites } = inputs;
  const sources = [
    ...(havePodNetwork(plan)
      ? plan.nodes.map((node) =>
          planPodSource(
            plan,
            node,
            pods.find((pod) => pod.node === node.name),
          ),
        )
      : []),
    ...plan.nodes.map((node): VerifySource => ({
      id: sourceId('node', plan, node.name),
      kind: 'node',
      name: node.name,
      node: node.name,
      address: node.address,
    })),
  ];
  const cells = sources.filter(({ problem }) => problem === undefined).flatMap((source) => planCells(inputs, source));
  const used = new Set(cells.map(({ target }) => target));
  return {
    sources,
    targets: [
      ...planInsideTargets(inputs),
      ...sites.map(({ target, records }, index) => planSiteTarget(target, records, index)),
      ...planLiteralTargets(inputs),
    ].filter(({ id }) => used.has(id)),
    cells,
  };
}

function sourceId(kind: 'pod' | 'node', plan: Pick<ClusterPlan, 'clusterName' | 'attached'>, node: string): string {
  return `${kind}-${shortNodeName(plan, node)}`;
}

function planPodSource(
  plan: MatrixPlan,
  { name }: NodePlan,
  pod: MatrixInputs['pods'][number] | undefined,
): VerifySource {
  const problem = pod?.problem ?? (pod?.address === undefined ? 'no pod runs there' : undefined);
  return {
    id: sourceId('pod', plan, name),
    kind: 'pod',
    name: `pod on ${name}`,
    node: name,
    address: pod?.address,
    problem,
  };
}

function planCells(inputs: MatrixInputs, source: VerifySource): PlannedCell[] {
  const { plan, sites } = inputs;
  const make = (target: string, expected: VerifyCell['expected'], cells: CellTry[]): PlannedCell[] =>
    cells.map((cell) => ({ source: source.id, target, expected, ...cell }));
  return [
    ...planInside(inputs, source).flatMap(({ target, cells }) =>
      make(target, { result: 'reached', path: 'cluster', reason: 'inside the cluster' }, cells),
    ),
    // Nodes of another tool's ask a resolver of their own.
    ...(source.kind === 'node' && plan.attached !== undefined ? [] : sites).flatMap(({ target, records }, index) =>
      cellsOfSite(target, 'AAAA').flatMap((cell) =>
        make(siteId(index), expectOfSite(plan, { name: target.name, records, protocol: cell.protocol }), [cell]),
      ),
    ),
    ...planLiterals(inputs).flatMap(({ id, address, expected, cells }) =>
      make(
        id,
        expected,
        cells.map(({ protocol, port, cell }) => ({
          protocol,
          port,
          request: { address, cell },
        })),
      ),
    ),
  ];
}

function planInside(
  { plan, pods, service }: MatrixInputs,
  source: VerifySource,
): { target: string; cells: CellTry[] }[] {
  const nodes = plan.nodes.map(({ name }) => name);
  const next = <T>(items: readonly T[], at: number): T | undefined => items[(at + 1) % items.length];
  const running = pods.flatMap(({ node, address }) => (address === undefined ? [] : [{ node, address }]));
  // Another node's, so that the way between the nodes is tried.
  const pod = next(
    running,
    running.findIndex(({ node }) => node === source.node),
  );
  const node = plan.nodes.length === 1 ? plan.nodes[0] : next(plan.nodes, nodes.indexOf(source.node ?? ''));
  const served = (address: IpAddress, name?: string): CellTry[] =>
    (['tcp', 'udp', 'http'] as const).map((protocol) => ({
      protocol,
      port: podPort,
      request: { name, address, cell: `${protocol}:${podPort}` },
    }));
  const isPod = source.kind === 'pod';
  return [
    ...(pod === undefined
      ? []
      : [
          {
            target: 'pod',
            cells: [...pings(pod.address), ...served(pod.address)].map((cell) =>
              // Another tool's CNI plugin may translate what pods send to each other.
              isPod &&
              plan.attached === undefined &&
              cell.protocol === 'http' &&
              pod.address !== source.address &&
              source.address !== undefined
                ? { ...cell, expectedSource: source.address as IpAddress }
                : cell,
            ),
          },
        ]),
    ...(service === undefined || running.length === 0
      ? []
      : [
          {
            target: 'service',
            cells: [
              ...(isPod
                ? [{ protocol: 'dns' as const, request: { name: serviceName, address: 'AAAA' as const } }]
                : []),
              ...served(service),
            ],
          },
        ]),
    {
      target: 'cluster-dns',
      cells: [
        { protocol: 'dns', request: { name: apiName, address: 'AAAA', server: plan.clusterDns } },
        { protocol: 'tcp', port: 53, request: { address: plan.clusterDns, cell: 'tcp:53' } },
      ],
    },
    ...(node === undefined ? [] : [{ target: 'node', cells: nodeCells(node.address) }]),
  ];
}

function planInsideTargets({ plan, service }: MatrixInputs): VerifyTarget[] {
  return [
    { id: 'pod', kind: 'pod', name: 'pod', detail: 'a pod on the next node' },
    {
      id: 'service',
      kind: 'service',
      name: 'service',
      detail: `${serviceName}${service === undefined ? '' : `, ${service}`}`,
    },
    { id: 'cluster-dns', kind: 'cluster-dns', name: 'cluster DNS', detail: plan.clusterDns },
    { id: 'node', kind: 'node', name: 'node', detail: 'the next node, and its kubelet' },
  ];
}

function planSiteTarget(target: CheckTarget, records: SiteRecords, index: number): VerifyTarget {
  const kind = kindOfSite(records);
  const details = {
    'ipv4-site': 'IPv4 only',
    'dual-site': 'IPv4 and IPv6',
    'ipv6-site': 'IPv6 only',
    'unknown-site': 'the engine host finds no address',
  } as const;
  return {
    id: siteId(index),
    kind,
    name: target.port === undefined ? target.name : `${target.name}:${target.port}`,
    detail: details[kind],
  };
}
