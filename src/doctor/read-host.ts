import { probeTargets } from '../checks/host-egress.js';
import { fromThisMachine } from '../checks/this-machine.js';
import type { TargetReport } from '../checks/verdict.js';
import { fromHost } from '../checks/vantage.js';
import type { Engine, ExecResult } from '../engine/types.js';
import { parseHostFacts } from '../host/parse-facts.js';
import { packetRules, runOnHost } from '../host/run-on-host.js';
import { labels } from '../labels.js';
import { defaultCheckTargets } from '../plan/check-targets.js';
import type { HostFacts } from '../plan/types.js';
import { readScript } from '../shell.js';
import type { Settings } from '../settings/types.js';
import type { KernelFacts } from './facts.js';
import { parseMachineFacts, type MachineFacts } from './parse-machine.js';

/** The engine with dind64's base image, or this machine alone where there is neither or where the engine has no such image yet. */
export type Place = { engine: Engine; baseImage: string } | 'this-machine';

/** Nodes keep what they write in volumes, and an engine may have those on another file system than containers. */
const volume = '/volume';

/** How long a question to the outside may take: people wait. */
const attemptMs = 800;

/** Host facts and the rest of what a script can tell, by one short-lived container. Throws DindError. */
export async function readHost(
  place: Place,
  settings: Settings,
  signal: AbortSignal,
): Promise<{ host: HostFacts; machine: MachineFacts }> {
  const script = `${readScript('machine-facts.bash')}\n${readScript('host-facts.bash')}`;
  const args = [settings.dns64Upstreams.join(' '), ...(place === 'this-machine' ? ['/'] : ['/', volume])];
  const beforeMs = Date.now();
  const { stdout } = await runScript(place, script, args, signal);
  const afterMs = Date.now();
  const ports = settings.apiPort === undefined ? [] : [settings.apiPort];
  return { host: parseHostFacts(stdout, ports), machine: parseMachineFacts(stdout, { beforeMs, afterMs }) };
}

async function runScript(place: Place, script: string, args: string[], signal: AbortSignal): Promise<ExecResult> {
  if (place === 'this-machine')
    return fromThisMachine().execute(['bash', '-s', '--', ...args], { stdin: script, signal });
  return runOnHost(place.engine, place.baseImage, {
    doing: 'reading facts about the engine host',
    script,
    args,
    capabilities: packetRules,
    seesProcesses: true,
    volume,
    signal,
  });
}

/** What the host reaches of the check's targets; empty where the check is turned off. Throws DindError. */
export async function readEgress(
  place: Place,
  { checkTargets }: Settings,
  signal: AbortSignal,
): Promise<TargetReport[]> {
  if (checkTargets === 'none') return [];
  const vantage = place === 'this-machine' ? fromThisMachine() : fromHost(place.engine, place.baseImage);
  return probeTargets(vantage, checkTargets ?? defaultCheckTargets, { attemptMs, signal });
}

/** What can be made in an empty network namespace. A missing tun device keeps the container from starting, so it is tried again without. Throws DindError. */
export async function readKernel(
  { engine, baseImage }: Exclude<Place, 'this-machine'>,
  signal: AbortSignal,
): Promise<KernelFacts> {
  const run = (devices: string[]): Promise<ExecResult> =>
    engine.run(
      {
        image: baseImage,
        entrypoint: ['bash', '-s'],
        labels: { [labels.role]: 'throw-away' },
        capabilities: packetRules,
        network: 'none',
        devices,
        tmpfs: { '/run': '' },
        readOnlyRoot: true,
      },
      { stdin: readScript('kernel-features.bash'), signal },
    );
  try {
    return parseFeatures(await run(['/dev/net/tun']));
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('/dev/net/tun'))) throw error;
    return [...parseFeatures(await run([])), { feature: 'tun', problem: 'the engine host has no /dev/net/tun' }];
  }
}

function parseFeatures({ stdout }: ExecResult): KernelFacts {
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [feature = '', ...rest] = line.trim().split(' ');
      return { feature, problem: rest.join(' ') === 'ok' ? undefined : rest.join(' ') };
    });
}
