import { renderDns64Files } from '../../render/dns64.js';
import type { Engine } from '../../engine/types.js';
import type { ClusterPlan } from '../../plan/types.js';
import { applyLiveFiles } from './live-files.js';
import { waitForHelper, type HelperWait } from './ready.js';

type Mode = ClusterPlan['mode'];

/**
 * Gives the DNS64 container the plan's configuration with this mode, without a restart: unbound reloads (under 0.5 s) and forgets what
 * it has cached. A stopped container takes it at its start. Says whether something changed. Throws CommandError when unbound refuses.
 */
export async function switchDns64Mode(
  engine: Engine,
  plan: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'dns64'>,
  mode: Mode,
): Promise<boolean> {
  return applyLiveFiles(engine, plan.dns64.name, renderDns64Files({ ...plan, mode }), {
    command: ['dind64-reload'],
    doing: `switching AAAA use ${mode.aaaa ? 'on' : 'off'} in DNS64`,
  });
}

/** Answers of the mode are served once this returns. Throws WaitError. */
export async function waitForDns64(engine: Engine, plan: Pick<ClusterPlan, 'dns64'>, wait: HelperWait): Promise<void> {
  await waitForHelper(engine, {
    container: plan.dns64.name,
    condition: 'DNS64 answers',
    ...wait,
  });
}
