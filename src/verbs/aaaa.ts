import { readHostFacts } from '../host/facts.js';
import { applyMode } from '../steps/apply-mode.js';
import type { Context } from '../steps/context.js';
import { resolveMode } from '../steps/mode.js';
import type { AaaaResult } from '../steps/results.js';
import { findControlPlane, noSuchCluster } from './cluster.js';
import { removalContext } from './contexts.js';
import { planRunningCluster } from './running-plan.js';

const requests = { on: 'true', off: 'false', auto: 'auto' } as const;

/** Changes the mode of a live cluster without restarting a container. */
export async function setAaaa(context: Context, use: 'on' | 'off' | 'auto'): Promise<AaaaResult> {
  const start = performance.now();
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  const [running] = await Promise.all([planRunningCluster(context, engine), findControlPlane(engine, clusterName)]);
  if (running === undefined) throw noSuchCluster(engine, clusterName);
  const { plan, info } = running;
  // `off` asks nothing of the host, so it costs no container there.
  const facts = use === 'off' ? { routes: [] } : await readHostFacts(engine, plan.baseImage, { signal: context.signal });
  const mode = await resolveMode(context, engine, plan.baseImage, facts, requests[use], `npm run aaaa -- ${use}`);
  await applyMode({ ...removalContext(context, engine), plan: { ...plan, mode }, info });
  return { aaaa: mode.aaaa, reason: mode.reason, changed: plan.mode.aaaa !== mode.aaaa, durationMs: Math.round(performance.now() - start) };
}
