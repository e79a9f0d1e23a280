import { guardDirectory } from '../plan/containers/host.js';
import { nameCluster } from '../plan/names.js';
import type { Engine } from '../engine/types.js';
import { recordHostChange } from './record.js';

/**
 * What a cluster's guard has raised since `up` (uplinks that appeared later), noted in its own volume, becomes a recorded change like those before, for
 * whoever is the last to need it.
 */
export async function recordRaisedAcceptRa(engine: Engine, clusterName: string): Promise<void> {
  const files = (await engine.readFiles(nameCluster(clusterName).host, guardDirectory)) ?? [];
  const devices = files.flatMap(({ path }) => /^accept-ra\/([^/]+)$/.exec(path)?.[1] ?? []);
  for (const device of devices) await recordHostChange(engine, { kind: 'accept-ra', device, value: 1 });
}
