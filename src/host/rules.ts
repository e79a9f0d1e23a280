import { readScript } from '../shell.js';
import { packetRules, runOnHost } from './run-on-host.js';
import type { Engine } from '../engine/types.js';
import type { ClusterNames } from '../plan/names.js';

/**
 * Removes what the guard of a cluster makes on the engine host, whatever there is of it, and the rules of an older dind64. The guard must not run, or it
 * would put them back. `gateway`: on the bridge; it goes with the bridge anyway. Throws CommandError `host-command-failed`.
 */
export async function removeHostRules(
  engine: Engine,
  baseImage: string,
  {
    clusterName,
    names,
    gateway,
  }: {
    clusterName: string;
    names: Pick<ClusterNames, 'nodeBridge' | 'egressBridge' | 'hostTable' | 'formerChains'>;
    gateway: string | undefined;
  },
  signal?: AbortSignal,
): Promise<void> {
  await runOnHost(engine, baseImage, {
    doing: 'removing the rules on the engine host',
    clusterName,
    script: readScript('host-guard.bash'),
    args: ['remove', names.nodeBridge, names.egressBridge, names.hostTable, gateway ?? '', ...names.formerChains],
    capabilities: packetRules,
    signal,
  });
}
