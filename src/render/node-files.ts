import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import { renderCniConfig } from './cni.js';
import { renderEgressTable } from './egress.js';

/** The files of a node that a running one can be given anew (the mode, more nodes): paths relative to `/`. */
export function renderNodeNetworkFiles(plan: ClusterPlan, node: NodePlan, aaaa: boolean): FileEntry[] {
  return [
    { path: 'dind64/network/routes', content: renderRoutes(plan, node, aaaa) },
    { path: 'dind64/network/egress.nft', content: renderEgressTable(plan, aaaa) },
    { path: 'dind64/network/resolv.conf', content: `nameserver ${plan.dns64.address}\n` },
  ];
}

/** What a node gets once, before it starts: paths relative to `/`. The harness itself comes from images/harness. */
export function renderNodeFiles(plan: ClusterPlan, node: NodePlan, caBundle: string | undefined): FileEntry[] {
  const proxyLines = Object.entries(plan.proxy).map(([name, value]) => `${name}=${value}\n`);
  return [
    ...(plan.cni.kind === 'ptp'
      ? [{ path: 'etc/cni/net.d/10-dind64.conflist', content: renderCniConfig(plan, node) }]
      : []),
    ...(proxyLines.length === 0 ? [] : [{ path: 'dind64/proxy.env', content: proxyLines.join(''), mode: 0o600 }]),
    ...(caBundle === undefined ? [] : [{ path: 'dind64/ca-bundle.crt', content: caBundle }]),
  ];
}

/** Ahead of the engine's default route, whose metric is the kernel's 1024. */
const refusingMetric = 64;

/**
 * Arguments of `ip -6 route replace`, one route a line. What has no way out goes to NAT64, which refuses it in milliseconds (its detour;
 * an answer of the node's own would come while connect() holds its socket, which then waits a second): without AAAA use everything
 * outside, by a default route ahead of the engine's; with it cloud metadata. What is in the pod CIDR and has no route of its own
 * (a pod that is gone) has no way: the default route would take it to the uplink. Any route of a CNI plugin's goes before.
 */
function renderRoutes(plan: ClusterPlan, node: NodePlan, aaaa: boolean): string {
  const others = plan.cni.kind === 'ptp' ? plan.nodes.filter((other) => other.name !== node.name) : [];
  const refused = aaaa
    ? plan.host.refusedDestinations.map((cidr) => cidr.replace(/\/128$/, ''))
    : [`default metric ${refusingMetric}`];
  return [
    ...[plan.nat64.prefix, ...refused].map((destination) => `${destination} via ${plan.nat64.address}`),
    `unreachable ${plan.podCidr} metric 4294967295`,
    ...others.map((other) => `${other.podCidr} via ${other.address}`),
    '',
  ].join('\n');
}
