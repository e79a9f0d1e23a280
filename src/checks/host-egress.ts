import type { Engine } from '../engine/types.js';
import type { CheckTarget } from '../settings/types.js';
import { planHostProbes, readTargets } from './plan-probes.js';
import { runProbe, type ProbeOptions } from './run-probe.js';
import { fromHost } from './vantage.js';
import type { TargetReport } from './verdict.js';

export interface HostEgress {
  targets: TargetReport[];
  /** Whether one target at least answers by that family. */
  ipv4: boolean;
  ipv6: boolean;
}

/** What the engine host itself reaches of the targets, by TCP to their A and their AAAA, with its own resolvers. Throws DindError. */
export async function probeHostEgress(engine: Engine, baseImage: string, targets: readonly CheckTarget[], options: ProbeOptions): Promise<HostEgress> {
  const reports = readTargets(await runProbe(fromHost(engine, baseImage), planHostProbes(targets), options), targets);
  const reaches = (family: 'ipv4' | 'ipv6'): boolean => reports.some((report) => report[family].some((one) => one.outcome === 'connected'));
  return { targets: reports, ipv4: reaches('ipv4'), ipv6: reaches('ipv6') };
}
