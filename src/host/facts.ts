import { parseHostFacts } from './parse-facts.js';
import { packetRules, runOnHost } from './run-on-host.js';
import { readScript } from '../shell.js';
import type { Engine } from '../engine/types.js';
import type { HostFacts } from '../plan/types.js';

/** Below the kernel's ephemeral ports (32768 and up), so that no outgoing connection takes it between two runs. */
const spareRange = { first: 20_000, count: 12_000 };
const spareCount = 8;

/**
 * Facts about the engine host, read by one short-lived container of the base image; nothing is changed there. `ports`: TCP ports to
 * look up for the API; `freePorts` of the answer holds those that are free, in that order, and then some random free ones.
 * Throws CommandError `host-command-failed`.
 */
export async function readHostFacts(
  engine: Engine,
  baseImage: string,
  options: { ports?: readonly number[]; signal?: AbortSignal | undefined } = {},
): Promise<HostFacts> {
  const result = await runOnHost(engine, baseImage, {
    doing: 'reading facts about the engine host',
    script: readScript('host-facts.bash'),
    capabilities: packetRules,
    seesProcesses: true,
    signal: options.signal,
  });
  const spare = Array.from(
    { length: spareCount },
    () => spareRange.first + Math.floor(Math.random() * spareRange.count),
  );
  return parseHostFacts(result.stdout, options.ports ?? [], spare);
}
