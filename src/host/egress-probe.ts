import { renderEgressProbeScript } from '../render/egress-probe-script.js';
import { runOnHost } from './run-on-host.js';
import type { Engine } from '../engine/types.js';
import type { CheckTarget } from '../settings/types.js';

export interface EgressProbe { ok: boolean; reason: string }

/**
 * Whether the engine host itself reaches anything over IPv6: TCP connects to the AAAA of the targets, from its network namespace and
 * with its resolvers, all at once; one that answers is enough. Takes 4 s at most (2 s for a name, 2 s for a connect).
 */
export async function probeIpv6Egress(engine: Engine, baseImage: string, targets: readonly CheckTarget[], signal?: AbortSignal): Promise<EgressProbe> {
  const { stdout } = await runOnHost(engine, baseImage, { doing: 'trying IPv6 from the engine host', script: renderEgressProbeScript(targets), signal });
  return parseEgressProbe(stdout);
}

/** Reads the probe's lines; pure. */
export function parseEgressProbe(text: string): EgressProbe {
  const rows = text.split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  const reached = rows.find((row) => row[0] === 'reached');
  if (reached !== undefined) return { ok: true, reason: `the engine host reached ${reached[1]} at [${reached[2]}]:${reached[3]}` };
  const failed = rows.filter((row) => row[0] === 'failed').map((row) => `[${row[2]}]:${row[3]} (${row[1]})`);
  if (failed.length > 0) return { ok: false, reason: `the engine host reached none of ${listFew(failed)} within 2 s` };
  const unresolved = rows.filter((row) => row[0] === 'unresolved').map((row) => row[1] ?? '');
  if (unresolved.length > 0) return { ok: false, reason: `the engine host found no IPv6 address of ${listFew(unresolved)}` };
  return { ok: false, reason: 'there were no targets to try' };
}

function listFew(items: string[]): string {
  return items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`;
}
