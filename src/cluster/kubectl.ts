import type { Engine, ExecOptions, ExecResult } from '../engine/types.js';
import { CommandError } from '../errors.js';
import { controlPlaneOf } from '../plan/nodes.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import { readScript } from '../shell.js';
import { waitInNode } from './node.js';
import type { StepContext } from './step.js';
import { setTimeout as pause } from 'node:timers/promises';

/** kubeadm's own credentials on a control plane node, valid before its RBAC rules exist. */
export const adminKubeconfig = '/etc/kubernetes/super-admin.conf';

export interface KubectlOptions extends ExecOptions {
  /** How long an API that is away for a moment is asked again, in milliseconds; 0: once. */
  limitMs: number;
  /** How long one request may take, in milliseconds; absent: as long as it takes. */
  requestMs?: number | undefined;
}

/**
 * kubectl on a control plane node, with the cluster administrator's credentials. What it asks must bear being asked twice: while the API server or etcd
 * is too busy or away for a moment (a slow machine, a restarted container), it is asked again. Never throws for an exit code.
 */
export async function runKubectl(
  engine: Engine,
  controlPlane: string,
  argv: readonly string[],
  { limitMs, requestMs, ...options }: KubectlOptions,
): Promise<ExecResult> {
  const end = performance.now() + limitMs;
  const limit = requestMs === undefined ? [] : [`--request-timeout=${requestMs}ms`];
  const command = ['kubectl', `--kubeconfig=${adminKubeconfig}`, ...limit, ...argv];
  for (;;) {
    const result = await engine.exec(controlPlane, command, options);
    if (result.exitCode === 0 || !isApiAway(result.stderr) || performance.now() + pauseMs > end) return result;
    await pause(pauseMs, undefined, { signal: options.signal });
  }
}

const pauseMs = 500;

/** Whether kubectl's error output tells of a server that will answer later, and not of a request that it refuses. */
export function isApiAway(stderr: string): boolean {
  return awayReasons.test(stderr);
}

const awayReasons =
  /etcdserver: |connection (refused|reset)|connection to the server .* was refused|i\/o timeout|TLS handshake timeout|\bEOF\b|too many requests|currently unable to handle|did not complete within|context deadline exceeded|the server was unable to return a response/i;

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

/** What kubectl on a control plane needs to know. */
export interface ControlPlaneAccess {
  engine: Engine;
  plan: Pick<ClusterPlan, 'timeoutMs'> & { nodes: readonly Pick<NodePlan, 'name' | 'role'>[] };
  signal: AbortSignal;
}

/** `runKubectl` on the plan's control plane; anything but exit code 0 is a CommandError. Gives stdout. */
export async function kubectlInNode(
  { engine, plan, signal }: ControlPlaneAccess,
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
