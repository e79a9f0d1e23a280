import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import { renderCniConfig } from './cni.js';
import { renderEgressTable } from './egress.js';

/** The files of a node that a running one can be given anew (the mode, more nodes): paths relative to `/`. */
export function renderNodeNetworkFiles(plan: ClusterPlan, node: NodePlan): FileEntry[] {
  return [
    { path: 'dind64/network/routes', content: renderRoutes(node) },
    { path: 'dind64/network/egress.nft', content: renderEgressTable(plan, plan.mode.aaaa) },
    { path: 'dind64/network/resolv.conf', content: `nameserver ${plan.dns64.address}\n` },
  ];
}

/** What a node gets from the surroundings of the `up` that makes it. Proxies may have a password: they are in no plan. */
export interface NodeSurroundings {
  proxy: Readonly<Record<string, string>>;
  /** PEM. */
  caBundle: string | undefined;
  /** Credentials for pulls, with passwords. */
  registryAuth: string | undefined;
}

/** What a node gets once, before it starts: paths relative to `/`. The harness itself comes from images/harness. */
export function renderNodeFiles(plan: ClusterPlan, node: NodePlan, { proxy, caBundle }: NodeSurroundings): FileEntry[] {
  const proxyFile = renderProxy(plan, proxy);
  return [
    ...(plan.cni.kind === 'ptp'
      ? [{ path: 'etc/cni/net.d/10-dind64.conflist', content: renderCniConfig(plan, node) }]
      : []),
    ...(proxyFile === '' ? [] : [{ path: 'dind64/proxy.env', content: proxyFile, mode: 0o600 }]),
    ...(caBundle === undefined ? [] : [{ path: 'dind64/ca-bundle.crt', content: caBundle }]),
  ];
}

/** Arguments of `ip -6 route replace`, one route a line: what the node makes for itself (plan/routes.ts). */
function renderRoutes(node: Pick<NodePlan, 'routes'>): string {
  const lines = node.routes
    .filter(({ madeBy }) => madeBy === 'node')
    .map(({ destination, via, metric }) =>
      [
        ...(via === undefined ? ['unreachable'] : []),
        destination.replace(/\/128$/, ''),
        ...(metric === undefined ? [] : ['metric', metric]),
        ...(via === undefined ? [] : ['via', via]),
      ].join(' '),
    );
  return [...lines, ''].join('\n');
}

/** With a proxy, the cluster's own traffic must not go to it. Go's net/http takes CIDRs in NO_PROXY. */
function renderProxy(
  plan: Pick<ClusterPlan, 'nodeNetwork' | 'podCidr' | 'serviceCidr'>,
  proxy: Readonly<Record<string, string>>,
): string {
  if (Object.keys(proxy).length === 0) return '';
  const own = [plan.nodeNetwork.cidr, plan.podCidr, plan.serviceCidr];
  const local = ['.svc', '.cluster.local', 'localhost', '127.0.0.1', '::1'];
  const given = proxy['NO_PROXY'] ?? proxy['no_proxy'];
  const value = [...(given === undefined ? [] : [given]), ...own, ...local].join(',');
  return Object.entries({ ...proxy, NO_PROXY: value, no_proxy: value })
    .map(([name, text]) => `${name}=${text}\n`)
    .join('');
}
