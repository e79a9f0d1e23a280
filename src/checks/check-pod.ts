import { CommandError, DindError, WaitError } from '../errors.js';
import type { Engine, ExecResult } from '../engine/types.js';
import { qualifyImageName } from '../engine/image-reference.js';
import { renderCheckPod } from '../render/check-pod.js';
import { runKubectl } from '../cluster/kubectl.js';
import type { Vantage } from './run-probe.js';
import { fromPod } from './vantage.js';
import { howTo } from '../how-to.js';

export interface CheckPodTarget {
  engine: Engine;
  /** Container name of the control plane's node, where kubectl runs. */
  controlPlane: string;
  /** Node that the pod runs on. */
  node: string;
  /** An image that every node has, with bash and coreutils, as the engine names it. */
  image: string;
  limitMs: number;
  signal: AbortSignal;
  /** Default `dind64-check`. */
  name?: string;
  /** What it runs; default: nothing. */
  command?: readonly string[];
  labels?: Record<string, string>;
}

/** A pod that runs; `address`: its own. */
export interface PodVantage extends Vantage {
  address: string;
}

export interface CheckPodOptions {
  observe?: ((text: string) => void) | undefined;
}

interface PodStatus {
  phase?: string;
  reason?: string;
  message?: string;
  containerStatuses?: { state?: { running?: object; waiting?: { reason?: string; message?: string } } }[];
  podIP?: string;
}

interface Pod {
  metadata: { resourceVersion: string; deletionTimestamp?: string };
  spec: { nodeName?: string; containers: { image: string }[] };
  status: PodStatus;
}

type Outcome = { address: string } | 'unfit' | DindError;

const namespace = 'default';
const lifetimeSeconds = 3600;
const podsPath = `/api/v1/namespaces/${namespace}/pods`;

/**
 * Makes the check's pod, or finds the one an earlier call made (so a step of `up` can make it long before it is needed), and returns
 * once it runs. Throws WaitError, DindError `check-pod-failed`, CommandError.
 */
export async function ensureCheckPod(target: CheckPodTarget, options: CheckPodOptions = {}): Promise<PodVantage> {
  // A left-over of an earlier run (ended, on another node or of another image) is removed, waited for, and made anew.
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const made = await createPod(target);
    const found = made ?? (await readPod(target));
    if (found === undefined) continue;
    const outcome = await waitForPod(target, found, made !== undefined, options);
    if (outcome !== 'unfit')
      return {
        ...fromPod(target.engine, target.controlPlane, { namespace, name: nameOf(target), node: target.node }),
        address: outcome.address,
      };
    await removeCheckPod(target);
  }
  throw podFailed(target, 'a pod of an earlier check is in the way and does not go away');
}

/** Removes the pod without waiting for its end; absent is fine. */
export async function removeCheckPod(
  target: Pick<CheckPodTarget, 'engine' | 'controlPlane' | 'signal' | 'name'>,
): Promise<void> {
  const { engine, controlPlane, signal } = target;
  const argv = ['delete', '--raw', pathOf(target)];
  const result = await runKubectl(engine, controlPlane, argv, { signal, limitMs: 0 });
  if (result.exitCode !== 0 && !/not ?found/i.test(result.stderr))
    throw failed('removing the pod of the connectivity check', controlPlane, argv, result);
}

/** `undefined`: there is one already. */
async function createPod(target: CheckPodTarget): Promise<Pod | undefined> {
  const { engine, controlPlane, node, image, command, labels = {}, limitMs, signal } = target;
  // --raw: no discovery and no schema download, which would cost more than the request.
  const argv = ['create', '--raw', podsPath, '-f', '-'];
  const text = renderCheckPod({
    name: nameOf(target),
    node,
    image: qualifyImageName(image),
    lifetimeSeconds,
    labels,
    command,
  });
  const create = (): Promise<ExecResult> => runKubectl(engine, controlPlane, argv, { stdin: text, signal, limitMs });
  let result = await create();
  if (result.exitCode !== 0 && /serviceaccount/i.test(result.stderr)) {
    // A cluster this young: the controller manager has not made the namespace's account yet.
    await runKubectl(
      engine,
      controlPlane,
      [
        'wait',
        '--for=create',
        `--namespace=${namespace}`,
        'serviceaccount/default',
        `--timeout=${Math.ceil(limitMs / 1000)}s`,
      ],
      { signal, limitMs },
    );
    result = await create();
  }
  if (result.exitCode === 0) return JSON.parse(result.stdout) as Pod;
  if (/already ?exists/i.test(result.stderr)) return undefined;
  throw failed('making the pod of the connectivity check', controlPlane, argv, result);
}

async function readPod(target: CheckPodTarget): Promise<Pod | undefined> {
  const { engine, controlPlane, limitMs, signal } = target;
  const argv = ['get', '--raw', pathOf(target)];
  const result = await runKubectl(engine, controlPlane, argv, { signal, limitMs });
  if (result.exitCode === 0) return JSON.parse(result.stdout) as Pod;
  if (/not ?found/i.test(result.stderr)) return undefined;
  throw failed('reading the pod of the connectivity check', controlPlane, argv, result);
}

/** Watches the pod until it runs, or until it is clear that it is not the one that is wanted (or that it is gone). */
async function waitForPod(
  target: CheckPodTarget,
  found: Pod,
  created: boolean,
  { observe }: CheckPodOptions,
): Promise<{ address: string } | 'unfit'> {
  const seen = new AbortController();
  const limit = AbortSignal.timeout(target.limitMs);
  let last = '';
  let outcome: Outcome | undefined;
  const see = (type: string, object: Pod): void => {
    if (outcome !== undefined || type === 'ERROR') return;
    outcome = type === 'DELETED' ? 'unfit' : judgePod(target, object, created);
    const text = describe(object.status);
    if (text !== last) observe?.(`pod ${nameOf(target)}: ${text}`);
    last = text;
    if (outcome !== undefined) seen.abort();
  };
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr' || !line.startsWith('{')) return;
    const event = JSON.parse(line) as { type: string; object: Pod };
    see(event.type, event.object);
  };
  see('ADDED', found);
  let since = `&resourceVersion=${found.metadata.resourceVersion}`;
  const signal = AbortSignal.any([target.signal, seen.signal, limit]);
  while (outcome === undefined && !limit.aborted) {
    const argv = ['get', '--raw', `${podsPath}?watch=1&fieldSelector=metadata.name=${nameOf(target)}${since}`];
    try {
      const result = await runKubectl(target.engine, target.controlPlane, argv, {
        signal,
        onLine,
        limitMs: target.limitMs,
      });
      if (outcome === undefined && result.exitCode !== 0)
        throw failed('watching the pod of the connectivity check', target.controlPlane, argv, result);
    } catch (error) {
      target.signal.throwIfAborted();
      if (!seen.signal.aborted && !limit.aborted) throw error;
    }
    // A watch ends by itself now and then; the next one begins with the state at that time.
    since = '';
  }
  if (outcome instanceof DindError) throw outcome;
  if (outcome !== undefined) return outcome;
  throw new WaitError({
    condition: `pod ${nameOf(target)} runs`,
    where: target.node,
    limitMs: target.limitMs,
    lastObserved: `${last}${await readLastEvent(target)}`,
  });
}

function judgePod(target: CheckPodTarget, { metadata, spec, status }: Pod, created: boolean): Outcome | undefined {
  // It is going: its end is waited for.
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const ended = status.phase === 'Failed' || status.phase === 'Succeeded';
  if (
    spec.nodeName !== target.node ||
    spec.containers[0]?.image !== qualifyImageName(target.image) ||
    (ended && !created)
  )
    return 'unfit';
  const state = status.containerStatuses?.[0]?.state;
  const hopeless = ended || ['ErrImageNeverPull', 'InvalidImageName'].includes(state?.waiting?.reason ?? '');
  if (hopeless) return podFailed(target, describe(status));
  return state?.running === undefined || status.podIP === undefined ? undefined : { address: status.podIP };
}

function describe(status: PodStatus): string {
  const waiting = status.containerStatuses?.[0]?.state?.waiting;
  return [status.phase ?? 'Pending', waiting?.reason ?? status.reason, waiting?.message ?? status.message]
    .filter((part) => part !== undefined)
    .join(': ');
}

/** Why a sandbox is not made stands in events only. */
async function readLastEvent(target: CheckPodTarget): Promise<string> {
  const { engine, controlPlane } = target;
  const template = '{range .items[*]}{.reason}: {.message}{"\\n"}{end}';
  const argv = [
    'get',
    'events',
    `--namespace=${namespace}`,
    `--field-selector=involvedObject.name=${nameOf(target)}`,
    '-o',
    `jsonpath=${template}`,
  ];
  const { stdout } = await runKubectl(engine, controlPlane, argv, {
    signal: AbortSignal.timeout(10_000),
    limitMs: 0,
  }).catch(() => ({ stdout: '' }));
  const last = stdout.trim().split('\n').at(-1) ?? '';
  return last === '' ? '' : `; last event: ${last}`;
}

function nameOf({ name }: Pick<CheckPodTarget, 'name'>): string {
  return name ?? 'dind64-check';
}

function pathOf(target: Pick<CheckPodTarget, 'name'>): string {
  return `${podsPath}/${nameOf(target)}`;
}

function failed(doing: string, where: string, argv: string[], result: ExecResult): CommandError {
  return new CommandError({
    doing,
    where,
    argv: ['kubectl', ...argv],
    status: result.exitCode,
    output: `${result.stdout}\n${result.stderr}`,
  });
}

function podFailed(target: CheckPodTarget, observed: string): DindError {
  return new DindError({
    code: 'check-pod-failed',
    source: 'environment',
    doing: 'starting the pod of the connectivity check',
    where: target.node,
    observed,
    hint: howTo(`kubectl describe pod ${nameOf(target)}`),
  });
}
