import type { Engine } from '../engine/types.js';
import { readHostFacts } from '../host/facts.js';
import { findBaseImage } from '../images/ensure.js';
import { applyMode } from '../steps/apply-mode.js';
import { withClusterLock } from '../cluster/cluster-lock.js';
import type { HostFacts } from '../plan/types.js';
import type { Context } from '../cluster/context.js';
import { resolveMode } from '../steps/mode.js';
import type { AaaaResult } from '../results/aaaa.js';
import { findControlPlane, noSuchCluster } from '../cluster/access.js';
import { removalContext } from './contexts.js';
import { planRunningCluster } from './running-plan.js';

const requests = { on: 'true', off: 'false', auto: 'auto' } as const;

/** Changes the mode of a live cluster without restarting a container. */
export async function setAaaa(context: Context, use: 'on' | 'off' | 'auto'): Promise<AaaaResult> {
  const start = performance.now();
  const engine = await context.connect();
  const baseImage = await findBaseImage(engine);
  // The host is looked at while the lock is taken. `off` asks nothing of it.
  const facts: Promise<Pick<HostFacts, 'routes'>> =
    use === 'off' || baseImage === undefined
      ? Promise.resolve({ routes: [] })
      : readHostFacts(engine, baseImage, { signal: context.signal });
  facts.catch(() => undefined);
  const result = await withClusterLock(context, engine, baseImage, () => switchMode(context, engine, use, facts));
  return { ...result, durationMs: Math.round(performance.now() - start) };
}

async function switchMode(
  context: Context,
  engine: Engine,
  use: 'on' | 'off' | 'auto',
  reading: Promise<Pick<HostFacts, 'routes'>>,
): Promise<Omit<AaaaResult, 'durationMs'>> {
  const { clusterName } = context.environment.settings;
  const removal = removalContext(context, engine);
  const [running, facts] = await Promise.all([
    planRunningCluster(context, engine),
    reading,
    findControlPlane(engine, clusterName),
  ]);
  if (running === undefined) throw noSuchCluster(engine, clusterName);
  const { plan, info } = running;
  const mode = await resolveMode(
    context,
    { engine, baseImage: plan.baseImage, facts },
    requests[use],
    `npm run aaaa -- ${use}`,
  );
  await applyMode({ ...removal, plan: { ...plan, mode }, info });
  return { aaaa: mode.aaaa, reason: mode.reason, changed: plan.mode.aaaa !== mode.aaaa };
}
