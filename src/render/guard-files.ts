import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { renderHostTable } from './host-table.js';

/** What the guard of the engine host reads (shell/host-guard.bash); `guarded` false: it leaves the host alone. */
export function renderGuardFiles({ host, mode }: Pick<ClusterPlan, 'host' | 'mode'>, guarded: boolean): FileEntry[] {
  return [
    {
      path: 'guard.env',
      content: `BRIDGE=${host.bridge} NODE_CIDR=${host.nodeCidr} EGRESS_BRIDGE=${host.egressBridge} TABLE=${host.table} GATEWAY=${host.gateway}\n`,
    },
    { path: 'table.nft', content: guarded ? renderHostTable(host, mode) : '' },
  ];
}
