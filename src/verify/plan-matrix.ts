import { parseIpv4Address } from '../net/address.js';
import { networkAddress } from '../net/cidr.js';
import { embedIpv4 } from '../net/embed.js';
import type { IpAddress, Ipv4Address } from '../net/types.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import type { CellPath, CellProtocol, VerifyCell, VerifySource, VerifyTarget } from '../results/verify.js';
import type { CheckTarget } from '../settings/types.js';
import { expectOfSite, kindOfSite, type SiteRecords } from './site-kinds.js';

/** What the cells of one target are tried with. `name`: asked for first, and the name in HTTP requests. */
export interface CellRequest {
  name?: string | undefined;
  address: IpAddress | 'A' | 'AAAA';
  /** `tcp:443`; absent: the question for the name alone. */ cell?: string | undefined;
  /** The question goes to this server. */ server?: IpAddress | undefined;
}

/** One cell before it is tried: plain data. */
export interface PlannedCell {
  source: string;
  target: string;
  protocol: CellProtocol;
  expected: VerifyCell['expected'];
  port?: number | undefined;
  /** The address that the target must see. */
  expectedSource?: IpAddress | undefined;
  request: CellRequest;
}

export interface Matrix {
  sources: VerifySource[];
  targets: VerifyTarget[];
  cells: PlannedCell[];
}

export type MatrixPlan = Pick<
  ClusterPlan,
  'clusterName' | 'mode' | 'nodes' | 'clusterDns' | 'nat64' | 'dns64' | 'host' | 'cni'
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
export const serviceName = 'dind64-verify.default.svc.cluster.local';

const kubeletPort = 10250;
const apiName = 'kubernetes.default.svc.cluster.local';
/** RFC 862: what is sent comes back. Few hosts on the Internet serve it; where the engine host hears nothing either, nothing is held against the cluster. */
const echoPort = 7;
const sizes = [
  ['icmp', 'icmp:56'],
  ['icmp-1400', 'icmp:1400'],
  ['icmp-8000', 'icmp:8000'],
] as const;
const linkLocalMetadata = parseIpv4Address('169.254.169.254');

/** Sources x targets x protocols, each with what the current mode promises: pure. The engine host's own cells are in plan-host.ts. */
export function planMatrix(inputs: MatrixInputs): Matrix {
  const { plan, pods, sites } = inputs;
  const sources = [
    ...(plan.cni.kind === 'none'
      ? []
      : plan.nodes.map((node) =>
          planPodSource(
            plan,
            node,
            pods.find((pod) => pod.node === node.name),
          ),
        )),
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

export function sourceId(
  kind: 'pod' | 'node',
  { clusterName }: Pick<ClusterPlan, 'clusterName'>,
  node: string,
): string {
  return `${kind}-${node.replace(`${clusterName}-`, '')}`;
}

export function siteId(index: number): string {
  return `site-${index}`;
}

/** The cells of a site, by whatever source. A port that was given is tried alone. */
export function cellsOfSite(
  { name, port }: CheckTarget,
  address: 'A' | 'AAAA',
): { protocol: CellProtocol; port?: number | undefined; request: CellRequest }[] {
  const tries: [CellProtocol, string, number?][] =
    port === undefined
      ? [
          ...sizes.map(([protocol, cell]): [CellProtocol, string] => [protocol, cell]),
          ['tcp', 'tcp:443', 443],
          ['udp', `udp:${echoPort}`, echoPort],
          ['http', 'http:80', 80],
          ['https', 'https:443', 443],
        ]
      : [...sizes.map(([protocol, cell]): [CellProtocol, string] => [protocol, cell]), ['tcp', `tcp:${port}`, port]];
  return [
    { protocol: 'dns', request: { name, address } },
    ...tries.map(([protocol, cell, at]) => ({
      protocol,
      port: at,
      request: { name, address, cell },
    })),
  ];
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
  const make = (
    target: string,
    expected: VerifyCell['expected'],
    cells: { protocol: CellProtocol; port?: number | undefined; request: CellRequest; expectedSource?: IpAddress }[],
  ): PlannedCell[] => cells.map((cell) => ({ source: source.id, target, expected, ...cell }));
  return [
    ...planInside(inputs, source).flatMap(({ target, cells }) =>
      make(target, { result: 'reached', path: 'cluster', reason: 'inside the cluster' }, cells),
    ),
    ...sites.flatMap(({ target, records }, index) =>
      cellsOfSite(target, 'AAAA').flatMap((cell) =>
        make(siteId(index), expectOfSite(plan, target.name, records, cell.protocol), [cell]),
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

interface InsideCells {
  target: string;
  cells: { protocol: CellProtocol; port?: number | undefined; request: CellRequest; expectedSource?: IpAddress }[];
}

function planInside({ plan, pods, service }: MatrixInputs, source: VerifySource): InsideCells[] {
  const nodes = plan.nodes.map(({ name }) => name);
  const next = <T>(items: readonly T[], at: number): T | undefined => items[(at + 1) % items.length];
  const running = pods.flatMap(({ node, address }) => (address === undefined ? [] : [{ node, address }]));
  // Another node's, so that the way between the nodes is tried.
  const pod = next(
    running,
    running.findIndex(({ node }) => node === source.node),
  );
  const node = plan.nodes.length === 1 ? plan.nodes[0] : next(plan.nodes, nodes.indexOf(source.node ?? ''));
  const served = (address: IpAddress, name?: string): InsideCells['cells'] =>
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
              isPod && cell.protocol === 'http' && pod.address !== source.address && source.address !== undefined
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

/** Cells of a node as a target: the engine host tries them too. */
export function nodeCells(address: IpAddress): InsideCells['cells'] {
  return [
    ...pings(address),
    ...(['tcp', 'https'] as const).map((protocol) => ({
      protocol,
      port: kubeletPort,
      request: { address, cell: `${protocol}:${kubeletPort}` },
    })),
  ];
}

function pings(address: IpAddress): InsideCells['cells'] {
  return sizes.map(([protocol, cell]) => ({ protocol, request: { address, cell } }));
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

interface Literal {
  id: string;
  kind: VerifyTarget['kind'];
  name: string;
  detail: string;
  address: IpAddress;
  expected: VerifyCell['expected'];
  cells: { protocol: CellProtocol; cell: string; port?: number }[];
}

function planLiterals({ plan, sites }: MatrixInputs): Literal[] {
  const { prefix, deny } = plan.nat64;
  const found = sites
    .map(({ target, records }) => ({ target, ipv4: records.a[0] as Ipv4Address | undefined }))
    .find(({ ipv4 }) => ipv4 !== undefined);
  const tries = (port: number): Literal['cells'] => [
    { protocol: 'icmp', cell: 'icmp:56' },
    { protocol: 'tcp', cell: `tcp:${port}`, port },
  ];
  // UDP hears a refusal at once; TCP may need a second.
  const refusals: Literal['cells'] = [
    { protocol: 'tcp', cell: 'tcp:80', port: 80 },
    { protocol: 'udp', cell: 'udp:9', port: 9 },
  ];
  const refused = (id: string, name: string, detail: string, address: IpAddress): Literal => ({
    id,
    kind: 'refused',
    name,
    detail,
    address,
    expected: { result: 'refused', reason: 'never let out, in any mode' },
    cells: refusals,
  });
  const [metadata] = plan.host.refusedDestinations;
  return [
    ...(found?.ipv4 === undefined
      ? []
      : [
          {
            id: 'literal',
            kind: 'ipv4-literal' as const,
            name: found.ipv4,
            detail: `${found.target.name}, by the NAT64 prefix`,
            address: embedIpv4(prefix, found.ipv4),
            expected: {
              result: 'reached' as const,
              path: 'nat64' as CellPath,
              reason: 'an IPv4 address in the NAT64 prefix',
            },
            cells: tries(found.target.port ?? 443),
          },
        ]),
    ...(deny.length === 0
      ? []
      : [
          refused(
            'refused-ipv4',
            linkLocalMetadata,
            'cloud metadata, by the NAT64 prefix',
            embedIpv4(prefix, linkLocalMetadata),
          ),
        ]),
    ...(metadata === undefined
      ? []
      : [refused('refused-ipv6', networkAddress(metadata), 'cloud metadata', networkAddress(metadata))]),
  ];
}

function planLiteralTargets(inputs: MatrixInputs): VerifyTarget[] {
  return planLiterals(inputs).map(({ id, kind, name, detail }) => ({ id, kind, name, detail }));
}
