import { renderNat64LiveFiles } from '../../render/nat64.js';
import { CommandError } from '../../errors.js';
import type { Engine } from '../../engine/types.js';
import { labels } from '../../labels.js';
import type { ClusterPlan } from '../../plan/types.js';
import type { Nat64Engine } from '../../settings/types.js';
import { applyLiveFiles, configDirectory } from './helper.js';
import { waitForHelper, type HelperWait } from './helper.js';

/** Which translator works, and why it is that one. */
export interface RunningNat64 {
  engine: 'ebpf' | 'tayga';
  reason: string;
}

/** What `tc` asks for to load the program (plan/types.ts). It goes with the other volumes of helpers. */
export async function ensureBpfVolume(
  engine: Engine,
  { clusterName, nat64 }: Pick<ClusterPlan, 'clusterName' | 'nat64'>,
): Promise<void> {
  if (nat64.bpfVolume === undefined || (await engine.findVolume(nat64.bpfVolume)) !== undefined) return;
  await engine.createVolume(nat64.bpfVolume, { [labels.cluster]: clusterName, [labels.role]: 'helper-config' }, 'bpf');
}

/**
 * Gives the NAT64 container the plan's rules (the refusals follow the engine's networks) in one transaction, and its engine; connections go on. A
 * stopped container takes them at its start. Says whether something changed. Throws CommandError.
 */
export async function applyNat64Rules(
  engine: Engine,
  plan: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'host'>,
): Promise<boolean> {
  return applyLiveFiles(engine, plan.nat64.name, renderNat64LiveFiles(plan), {
    command: ['dind64-apply'],
    doing: 'applying rules and engine of NAT64',
  });
}

/** The translator itself answers once this returns. Throws WaitError. */
export async function waitForNat64(engine: Engine, plan: Pick<ClusterPlan, 'nat64'>, wait: HelperWait): Promise<void> {
  await waitForHelper(engine, {
    container: plan.nat64.name,
    condition: 'NAT64 translates',
    ...wait,
  });
}

/** Which translator works in the running container. Throws CommandError. */
export async function readRunningNat64(engine: Engine, container: string): Promise<RunningNat64> {
  return parseRunning(await run(engine, container, ['dind64-engine'], 'asking NAT64 for its engine'));
}

/**
 * Moves the running container to another engine; connections go on. It is written down only when it works, so that a restart finds what
 * does. Throws CommandError when `ebpf` is asked for and the kernel does not take it.
 */
export async function moveNat64(engine: Engine, container: string, wanted: Nat64Engine): Promise<RunningNat64> {
  const doing = `moving NAT64 to ${wanted}`;
  await run(engine, container, ['dind64-engine', 'apply', wanted], doing);
  await engine.putFiles(container, configDirectory, [{ path: 'engine', content: `${wanted}\n` }]);
  return parseRunning(await run(engine, container, ['dind64-engine'], doing));
}

async function run(engine: Engine, container: string, argv: string[], doing: string): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(container, argv);
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: container,
      argv,
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout.trim();
}

/** `ebpf REASON` or `tayga REASON`. */
function parseRunning(line: string): RunningNat64 {
  const [engine, ...reason] = line.split(' ');
  return { engine: engine === 'ebpf' ? 'ebpf' : 'tayga', reason: reason.join(' ') };
}
