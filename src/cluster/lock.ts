import type { ContainerSpec, ContainerState, Engine, Hold } from '../engine/types.js';
import { createStaleness } from '../engine/staleness.js';
import { DindError } from '../errors.js';
import { labels } from '../labels.js';
import { nameCluster } from '../plan/names.js';
import { waitUntil } from '../wait.js';
import type { Context } from './context.js';
import { runPhase } from './phase.js';
import { settleThrowAways } from './throw-aways.js';

type LockContext = Pick<Context, 'environment' | 'reporter' | 'log' | 'signal'>;

/**
 * Does the work while no other dind64 changes this cluster, on whatever machine it runs: the lock is a container that lives as long as this process.
 * What killed commands have left under way is settled first. Without a base image nobody can hold it, and nothing is to be locked.
 */
export async function withClusterLock<T>(
  context: LockContext,
  engine: Engine,
  baseImage: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  if (baseImage === undefined) return work();
  const { clusterName, timeoutMs } = context.environment.settings;
  const request = {
    name: nameCluster(clusterName).lock,
    labels: { [labels.cluster]: clusterName, [labels.role]: 'lock' },
    what: `works on ${clusterName}`,
    // It may be making images.
    limitMs: 4 * timeoutMs,
  };
  return withLock(context, { engine, baseImage, ...request }, async () => {
    await settleThrowAways(context, engine);
    return work();
  });
}

/** Does the work while no other dind64, of whatever cluster, changes what all clusters of the engine share on its host. It takes seconds. */
export async function withHostLock<T>(
  { reporter, log, signal, timeoutMs }: Pick<Context, 'reporter' | 'log' | 'signal'> & { timeoutMs: number },
  engine: Engine,
  baseImage: string,
  work: () => Promise<T>,
): Promise<T> {
  const request = {
    name: hostLock,
    labels: { [labels.role]: 'lock' },
    what: 'changes the engine host',
    limitMs: timeoutMs,
  };
  return withLock({ reporter, log, signal }, { engine, baseImage, ...request }, work);
}

const hostLock = 'dind64-host-lock';

interface LockRequest {
  engine: Engine;
  baseImage: string;
  name: string;
  labels: Record<string, string>;
  /** Completes `another dind64 that ...`. */
  what: string;
  limitMs: number;
}

async function withLock<T>(
  context: Pick<Context, 'reporter' | 'log' | 'signal'>,
  request: LockRequest,
  work: () => Promise<T>,
): Promise<T> {
  const lock = (await tryLock(request)) ?? (await waitForTurn(context, request));
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** `undefined`: another one has it. */
async function tryLock({ engine, baseImage, name, labels: its }: LockRequest): Promise<Hold | undefined> {
  const spec: ContainerSpec = {
    name,
    image: baseImage,
    entrypoint: ['cat'],
    command: [],
    labels: its,
    network: 'none',
    readOnlyRoot: true,
  };
  try {
    return await engine.hold(spec);
  } catch (error) {
    if (error instanceof DindError && ['name-taken', 'engine-conflict'].includes(error.code)) return undefined;
    throw error;
  }
}

async function waitForTurn(context: Pick<Context, 'reporter' | 'log' | 'signal'>, request: LockRequest): Promise<Hold> {
  const { engine, name, what, limitMs } = request;
  const isStale = createStaleness();
  const wait = {
    condition: `no other dind64 ${what}`,
    limitMs,
    intervalMs: 100,
    where: engine.endpoint,
    signal: context.signal,
    hint: `if none does, on any machine that uses this engine: docker rm --force ${name}`,
  };
  return runPhase(context, 'lock', `another dind64 that ${what}`, async () => ({
    value: await waitUntil(wait, async () => {
      const holder = await engine.findContainer(name);
      if (holder !== undefined && !isSameLock(holder, request)) throw nameTaken(request);
      if (holder !== undefined && isStale(holder)) await engine.removeContainer(holder.id);
      const lock = await tryLock(request);
      return lock === undefined ? { seen: `container ${name} is ${holder?.status ?? 'there'}` } : { done: lock };
    }),
    text: 'it has ended',
  }));
}

function isSameLock({ labels: its }: ContainerState, request: LockRequest): boolean {
  return Object.entries(request.labels).every(([label, value]) => its[label] === value);
}

function nameTaken({ engine, name }: LockRequest): DindError {
  return new DindError({
    code: 'name-taken',
    source: 'user',
    exitCode: 2,
    doing: 'looking for the names of the cluster',
    where: engine.endpoint,
    observed: `there is a container ${name} that is not of this cluster`,
    hint: `choose another DIND_CLUSTER_NAME, or remove what has its name: docker rm ${name}`,
  });
}
