import type { Engine } from '../engine/types.js';
import type { CheckTarget } from '../settings/types.js';
import { describeOutcome } from './describe.js';
import { planHostProbes, readTargets } from './plan-probes.js';
import { runProbe, type ProbeOptions, type Vantage } from './run-probe.js';
import { fromHost } from './vantage.js';
import type { TargetReport } from './verdict.js';

/** What the engine host itself reaches of the targets, by TCP to their A and their AAAA, with its own resolvers. Throws DindError. */
export async function probeHostEgress(
  engine: Engine,
  baseImage: string,
  targets: readonly CheckTarget[],
  options: ProbeOptions,
): Promise<TargetReport[]> {
  return probeTargets(fromHost(engine, baseImage), targets, options);
}

/** The same from any place that stands for the engine host. */
export async function probeTargets(
  vantage: Vantage,
  targets: readonly CheckTarget[],
  options: ProbeOptions,
): Promise<TargetReport[]> {
  return readTargets(await runProbe(vantage, planHostProbes(targets), options), targets);
}

/** Whether the host has IPv6 egress, with the reason for people: one target that answers over IPv6 is enough. */
export function judgeIpv6Egress(reports: readonly TargetReport[]): { ok: boolean; reason: string } {
  const tries = reports.flatMap(({ target, ipv6 }) => ipv6.map((one) => ({ ...one, target: target.name })));
  const reached = tries.find((one) => one.outcome === 'connected');
  if (reached !== undefined)
    return { ok: true, reason: `the engine host reached ${reached.target} at [${reached.address}]:${reached.port}` };
  if (tries.length > 0)
    return {
      ok: false,
      reason: `the engine host reached none of ${listFew(tries.map((one) => `[${one.address}]:${one.port} (${one.target}: ${describeOutcome(one.outcome)})`))}`,
    };
  return {
    ok: false,
    reason: `the engine host found no IPv6 address of ${listFew(reports.map(({ target }) => target.name))}`,
  };
}

function listFew(items: string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}
