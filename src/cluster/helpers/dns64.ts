import { renderDns64Files } from '../../render/dns64.js';
import type { Engine } from '../../engine/types.js';
import type { ClusterPlan } from '../../plan/types.js';
import type { AaaaUse } from '../../settings/types.js';
import { applyLiveFiles, configDirectory } from './live-files.js';
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

/** The mode that a cluster was last given, from its DNS64 container, running or not; `undefined` when there is none. */
export async function readRunningMode(engine: Engine, containerName: string): Promise<Mode | undefined> {
  if ((await engine.findContainer(containerName)) === undefined) return undefined;
  const text = await engine.readFile(containerName, `${configDirectory}/mode.json`);
  return text === undefined ? undefined : parseMode(text.toString('utf8'));
}

/** A file cut short by a killed `up` is no mode: that `up` had not told anybody of it. */
function parseMode(text: string): Mode | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { requested, aaaa, reason } = (value ?? {}) as Record<string, unknown>;
  if (!isAaaaUse(requested) || typeof aaaa !== 'boolean' || typeof reason !== 'string') return undefined;
  return { requested, aaaa, reason };
}

function isAaaaUse(value: unknown): value is AaaaUse {
  return value === 'true' || value === 'false' || value === 'auto';
}
