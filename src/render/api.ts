import { apiServerPort } from '../plan/containers/api.js';
import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';

/** All files of the API forwarder, relative to /etc/dind64; a difference means a new container. */
export function renderApiFiles(plan: Pick<ClusterPlan, 'nodes' | 'api'>): FileEntry[] {
  return [
    { path: 'helper.env', content: `NODE_ADDRESS=${plan.api.address}\n` },
    { path: 'haproxy.cfg', content: renderHaproxyConfig(plan) },
  ];
}

/** TCP as it comes, TLS ends at the API servers. A down server is looked at often, so that clients get through as soon as it serves. */
export function renderHaproxyConfig({ nodes }: Pick<ClusterPlan, 'nodes'>): string {
  const controlPlanes = nodes.filter((node) => node.role === 'control-plane');
  return [
    'global',
    '  maxconn 2048',
    '  log stdout format raw local0 notice',
    '',
    'defaults',
    '  mode tcp',
    '  log global',
    '  timeout connect 1s',
    '  timeout check 1s',
    '  # Watches, exec and port-forward are silent for long.',
    '  timeout client 24h',
    '  timeout server 24h',
    '  option clitcpka',
    '  option srvtcpka',
    '  option redispatch',
    '  retries 1',
    '',
    'frontend api',
    `  bind [::]:${apiServerPort} v4v6`,
    '  default_backend control-planes',
    '',
    'backend control-planes',
    '  default-server check inter 1s fastinter 200ms downinter 200ms rise 1 fall 2 on-marked-down shutdown-sessions',
    ...controlPlanes.map((node) => `  server ${node.name} [${node.address}]:${apiServerPort}`),
    '',
  ].join('\n');
}
