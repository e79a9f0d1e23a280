import type { Engine } from '../engine/types.js';
import { readHostFacts } from '../host/facts.js';
import { findBaseImage } from '../images/ensure.js';
import { applyMode } from '../steps/apply-mode.js';
import { withClusterLock } from '../cluster/lock.js';
import type { HostFacts } from '../plan/types.js';
import type { Context } from '../cluster/context.js';
import { resolveMode } from '../steps/mode.js';
import type { AaaaResult } from '../results/aaaa.js';
import { findControlPlane } from '../cluster/access.js';
import { nextRecord, writeRecord } from '../cluster/record.js';
import { requireRunningCluster } from '../cluster/running.js';
import { describeNetworks } from '../plan/networks.js';
import { describeAttachAgain } from '../plan/attached.js';
import { createPlan } from '../plan/create-plan.js';
import { howTo } from '../how-to.js';

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
  const [running, facts, networks] = await Promise.all([
    requireRunningCluster(context, engine),
    reading,
    engine.listNetworks(),
    findControlPlane(engine, context.environment.settings.clusterName),
  ]);
  const { record, plan } = running;
  const asked = howTo(`aaaa ${use}`);
  const mode = await resolveMode(
    running.context,
    { engine, baseImage: plan.baseImage, facts },
    { requested: requests[use], asked, again: (settings) => describeAttachAgain(record, settings) },
  );
  const next = nextRecord(record, {
    mode,
    networks: describeNetworks(networks),
    hostRules: record.attached === undefined,
    given: { ...record.given, DIND_ALLOW_AAAA_USE: { value: requests[use], source: asked } },
  });
  await writeRecord(engine, next);
  await applyMode({ engine, plan: createPlan(next), signal: context.signal });
  return { aaaa: mode.aaaa, reason: mode.reason, changed: record.mode.aaaa !== mode.aaaa };
}
