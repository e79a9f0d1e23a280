import type { ContainerSpec, Engine, Hold } from '../engine/types.js';
import { createStaleness } from '../engine/staleness.js';
import { DindError } from '../errors.js';
import { labels } from '../labels.js';
import { nameCluster } from '../plan/names.js';
import { waitUntil } from '../wait.js';
import type { Context } from './context.js';
import { isOwn } from './foreign-objects.js';
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
  const { clusterName } = context.environment.settings;
  const lock = (await tryLock(engine, clusterName, baseImage)) ?? (await waitForTurn(context, engine, baseImage));
  try {
    await settleThrowAways(context, engine);
    return await work();
  } finally {
    await lock.release();
  }
}

/** `undefined`: another one has it. */
async function tryLock(engine: Engine, clusterName: string, baseImage: string): Promise<Hold | undefined> {
  const spec: ContainerSpec = {
    name: nameCluster(clusterName).lock,
    image: baseImage,
    entrypoint: ['cat'],
    command: [],
    labels: { [labels.cluster]: clusterName, [labels.role]: 'lock' },
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

async function waitForTurn(context: LockContext, engine: Engine, baseImage: string): Promise<Hold> {
  const { clusterName, timeoutMs } = context.environment.settings;
  const name = nameCluster(clusterName).lock;
  const isStale = createStaleness();
  const request = {
    condition: `no other dind64 works on ${clusterName}`,
    // It may be making images.
    limitMs: 4 * timeoutMs,
    intervalMs: 100,
    where: engine.endpoint,
    signal: context.signal,
    hint: `if none does, on any machine that uses this engine: docker rm --force ${name}`,
  };
  return runPhase(context, 'lock', `another dind64 that works on ${clusterName}`, async () => ({
    value: await waitUntil(request, async () => {
      const holder = await engine.findContainer(name);
      if (holder !== undefined && !isOwn(holder, clusterName)) throw nameTaken(engine, clusterName, name);
      if (holder !== undefined && isStale(holder)) await engine.removeContainer(holder.id);
      const lock = await tryLock(engine, clusterName, baseImage);
      return lock === undefined ? { seen: `container ${name} is ${holder?.status ?? 'there'}` } : { done: lock };
    }),
    text: 'it has ended',
  }));
}

function nameTaken(engine: Engine, clusterName: string, name: string): DindError {
  return new DindError({
    code: 'name-taken',
    source: 'user',
    exitCode: 2,
    doing: `looking for the names of the cluster ${clusterName}`,
    where: engine.endpoint,
    observed: `there is a container ${name} that is not of this cluster`,
    hint: `choose another DIND_CLUSTER_NAME, or remove what has its name: docker rm ${name}`,
  });
}
