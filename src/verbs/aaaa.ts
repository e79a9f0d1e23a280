import { nameCluster } from '../plan/names.js';
import { applyMode } from '../steps/apply-mode.js';
import type { Context } from '../steps/context.js';
import { resolveMode } from '../steps/mode.js';
import type { AaaaResult } from '../steps/results.js';
import { readRunningMode } from '../steps/support/dns64.js';
import { findControlPlane } from './cluster.js';
import { stepContext } from './contexts.js';
import { planRunningCluster } from './running-plan.js';

const requests = { on: 'true', off: 'false', auto: 'auto' } as const;

/** Changes the mode of a live cluster without restarting a container. */
export async function setAaaa(context: Context, use: 'on' | 'off' | 'auto'): Promise<AaaaResult> {
  const start = performance.now();
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await findControlPlane(engine, clusterName);
  const [running, { survey, plan }] = await Promise.all([readRunningMode(engine, nameCluster(clusterName).dns64), planRunningCluster(context, engine)]);
  const mode = await resolveMode(context, engine, survey.baseImage, survey.facts, requests[use], `npm run aaaa -- ${use}`);
  await applyMode(await stepContext(context, survey, { ...plan, mode }));
  return { aaaa: mode.aaaa, reason: mode.reason, changed: running?.aaaa !== mode.aaaa, durationMs: Math.round(performance.now() - start) };
}
