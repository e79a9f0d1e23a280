import { DindError } from '../errors.js';
import { findBaseImage } from '../images/ensure.js';
import { nameCluster } from '../plan/names.js';
import type { Nat64Result } from '../results/nat64.js';
import type { Nat64Engine } from '../settings/types.js';
import { withClusterLock } from '../cluster/lock.js';
import type { Context } from '../cluster/context.js';
import { moveNat64, readRunningNat64 } from '../cluster/helpers/nat64.js';
import { nextRecord, writeRecord } from '../cluster/record.js';
import { requireRunningCluster } from '../cluster/running.js';
import { noSuchCluster } from '../cluster/access.js';
import { howTo } from '../how-to.js';

/** Moves a live cluster's NAT64 from one engine to the other; nothing is restarted and connections go on. */
export async function setNat64Engine(context: Context, wanted: Nat64Engine): Promise<Nat64Result> {
  const start = performance.now();
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  const { nat64 } = nameCluster(clusterName);
  const result = await withClusterLock(context, engine, await findBaseImage(engine), async () => {
    const [{ record }, container] = await Promise.all([
      requireRunningCluster(context, engine),
      engine.findContainer(nat64),
    ]);
    if (container === undefined) throw noSuchCluster(engine, clusterName);
    if (container.status !== 'running') {
      throw new DindError({
        code: 'helper-stopped',
        source: 'user',
        doing: `moving NAT64 to ${wanted}`,
        where: nat64,
        observed: `the container is ${container.status}`,
        hint: container.status === 'paused' ? howTo('unpause') : howTo('up', `DIND_NAT64_ENGINE=${wanted}`),
      });
    }
    const before = await readRunningNat64(engine, nat64);
    const after = await moveNat64(engine, nat64, wanted);
    const given = { value: wanted, source: howTo(`nat64 ${wanted}`) };
    await writeRecord(
      engine,
      nextRecord(record, {
        settings: { ...record.settings, nat64Engine: wanted },
        given: { ...record.given, DIND_NAT64_ENGINE: given },
      }),
    );
    return { ...after, changed: before.engine !== after.engine };
  });
  return { ...result, durationMs: Math.round(performance.now() - start) };
}
