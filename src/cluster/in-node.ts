import { CommandError, DindError, WaitError } from '../errors.js';
import { controlPlaneOf } from '../plan/nodes.js';
import type { Engine, ExecOptions } from '../engine/types.js';
import { adminKubeconfig, runKubectl } from './run-kubectl.js';
import { readScript } from '../shell.js';
import type { StepContext } from './step.js';

/** Runs a command in a node; anything but exit code 0 is a CommandError. Gives stdout. */
export async function execInNode(
  engine: Engine,
  node: string,
  argv: string[],
  { doing, ...options }: ExecOptions & { doing: string },
): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: node,
      argv,
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout;
}

/**
 * A wait that a program in the node does by itself (a watch, a start job), so that no exec is paid a look; it must end within about
 * `limitMs`. Anything but exit code 0 is a WaitError (exit code 3) with the end of what it said.
 */
export async function waitInNode(
  engine: Engine,
  node: string,
  argv: string[],
  { condition, limitMs, ...options }: ExecOptions & { condition: string; limitMs: number },
): Promise<void> {
  const start = performance.now();
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode === 0) return;
  if (exitCode === killed && performance.now() - start < limitMs) throw await nodeEnded(engine, node, condition);
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n');
  throw new WaitError({
    condition,
    limitMs,
    where: node,
    lastObserved: said === '' ? `\`${argv[0] ?? ''}\` ended with exit code ${exitCode}` : said,
  });
}

/** By SIGKILL, as everything in a container is that ends. */
const killed = 137;

/** A node that goes down while something is waited for in it: its own last words tell why, not the wait. */
async function nodeEnded(engine: Engine, node: string, condition: string): Promise<DindError> {
  const [state, log] = await Promise.all([engine.findContainer(node), engine.logs(node, 5).catch(() => '')]);
  return new DindError({
    code: 'node-ended',
    source: 'environment',
    doing: `waiting until ${condition}`,
    where: node,
    observed: `what runs in the node was killed; its container is ${state?.status ?? 'gone'}${log.trim() === '' ? '' : `; the end of its log:\n${log.trim()}`}`,
    hint: `docker logs ${node}`,
  });
}

/** Until kubeadm has written the credentials and the API serves: one command in the node, so that no exec is paid a try. */
export async function waitForApi({
  engine,
  plan,
  signal,
}: Pick<StepContext, 'engine' | 'plan' | 'signal'>): Promise<void> {
  const { name, address } = controlPlaneOf(plan);
  // kubeadm waits for half a minute at least, and its error says more than ours: it comes first.
  const limitMs = Math.max(plan.timeoutMs, 90_000);
  await waitInNode(
    engine,
    name,
    [
      'bash',
      '-c',
      readScript('wait-for-api.bash'),
      'wait-for-api',
      address,
      String(Math.ceil(limitMs / 1000)),
      adminKubeconfig,
    ],
    { condition: 'the API serves', limitMs, signal },
  );
}

export interface KubectlWait {
  /** `kubectl wait --for`: `create`, `condition=Ready`. */
  for: string;
  /** `node/NAME`, `deployment/NAME`; each with a watch of its own, since kubectl gives up at the first of several that is not there yet. */
  objects: string[];
  namespace?: string;
}

/** Waits by watches, in one command in the control plane, until all the objects are as they should. */
export async function waitByKubectl(
  { engine, plan, signal }: Pick<StepContext, 'engine' | 'plan' | 'signal'>,
  condition: string,
  wait: KubectlWait,
): Promise<void> {
  const limitMs = plan.timeoutMs;
  const argv = [
    'bash',
    '-c',
    readScript('wait-by-kubectl.bash'),
    'wait-by-kubectl',
    String(Math.ceil(limitMs / 1000)),
    adminKubeconfig,
    wait.for,
    wait.namespace ?? 'default',
    ...wait.objects,
  ];
  await waitInNode(engine, controlPlaneOf(plan).name, argv, { condition, limitMs, signal });
}

/** `runKubectl` on the plan's control plane; anything but exit code 0 is a CommandError. Gives stdout. */
export async function kubectlInNode(
  { engine, plan, signal }: Pick<StepContext, 'engine' | 'plan' | 'signal'>,
  doing: string,
  argv: string[],
  options: ExecOptions = {},
): Promise<string> {
  const { name } = controlPlaneOf(plan);
  const { exitCode, stdout, stderr } = await runKubectl(engine, name, argv, {
    ...options,
    signal,
    limitMs: plan.timeoutMs,
  });
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: name,
      argv: ['kubectl', ...argv],
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout;
}
