import { renderNat64LiveFiles } from '../../render/nat64.js';
import type { Engine } from '../../engine/types.js';
import type { ClusterPlan } from '../../plan/types.js';
import { applyLiveFiles } from './live-files.js';
import { waitForHelper } from './ready.js';

/**
 * Gives the NAT64 container the plan's rules (the refusals follow the engine's networks) in one transaction, connections go on. A
 * stopped container takes them at its start. Says whether something changed. Throws CommandError.
 */
export async function applyNat64Rules(engine: Engine, plan: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'host'>): Promise<boolean> {
  return applyLiveFiles(engine, plan.nat64.name, renderNat64LiveFiles(plan), ['dind64-apply-rules'], 'applying the rules of NAT64');
}

/** The translator itself answers once this returns. Throws WaitError. */
export async function waitForNat64(engine: Engine, plan: Pick<ClusterPlan, 'nat64'>, limitMs: number, signal?: AbortSignal, onSeen?: (seen: string) => void): Promise<void> {
  await waitForHelper(engine, { container: plan.nat64.name, condition: 'NAT64 translates', limitMs, signal, ...(onSeen === undefined ? {} : { onSeen }) });
}
