import { DindError } from '../errors.js';
import type { Engine } from '../engine/types.js';
import { labels } from '../labels.js';
import { nameCluster } from '../plan/names.js';
import { createPlan } from '../plan/create-plan.js';
import type { ClusterRecord } from '../plan/record.js';
import type { ClusterPlan } from '../plan/types.js';
import { noSuchCluster } from './access.js';
import { adoptRecord } from './adopt.js';
import type { Context } from './context.js';
import { readRecord } from './record.js';
import { howTo } from '../how-to.js';

/** A cluster that is there, as its record says. */
export interface RunningCluster {
  record: ClusterRecord;
  plan: ClusterPlan;
  /** With the settings of the record, where none are given now. */
  context: Context;
}

/**
 * The cluster, out of its record alone. `undefined`: there is none. Throws DindError: `cluster-without-record` (an older dind64's), `record-...`,
 * `image-absent`.
 */
export async function readRunningCluster(context: Context, engine: Engine): Promise<RunningCluster | undefined> {
  const { clusterName } = context.environment.settings;
  const record = await readRecord(engine, clusterName);
  if (record === undefined) {
    await refuseWithoutRecord(engine, clusterName);
    return undefined;
  }
  if ((await engine.findImage(record.images.base)) === undefined) throw baseAbsent(engine, record.images.base);
  return { record, plan: createPlan(record), context: adoptRecord(context, record) };
}

/** The same; a cluster that is not there is an error. */
export async function requireRunningCluster(context: Context, engine: Engine): Promise<RunningCluster> {
  const running = await readRunningCluster(context, engine);
  if (running === undefined) throw noSuchCluster(engine, context.environment.settings.clusterName);
  return running;
}

/** Nodes of which nothing is known: they could only be guessed at. */
export async function refuseWithoutRecord(engine: Engine, clusterName: string): Promise<void> {
  const nodes = (await engine.listContainers({ [labels.cluster]: clusterName })).filter((container) =>
    ['control-plane', 'worker'].includes(container.labels[labels.role] ?? ''),
  );
  if (nodes.length === 0) return;
  throw new DindError({
    code: 'cluster-without-record',
    source: 'user',
    exitCode: 2,
    doing: `looking for the cluster ${clusterName}`,
    where: engine.endpoint,
    ...((await engine.findVolume(nameCluster(clusterName).host)) === undefined
      ? {
          observed: `there are ${nodes.length} nodes and no record of them: an older dind64 made them, or the container ${clusterName}-host was removed together with its volume`,
          hint: `\`${howTo('clean')}\` removes them, \`${howTo('up')}\` makes the cluster anew`,
        }
      : {
          observed: `the container ${clusterName}-host, which keeps the record of its nodes, was removed`,
          hint: `\`${howTo('up')}\` makes it again, with the record of before`,
        }),
  });
}

function baseAbsent(engine: Engine, reference: string): DindError {
  return new DindError({
    code: 'image-absent',
    source: 'environment',
    doing: 'looking at the cluster',
    where: engine.endpoint,
    observed: `the image ${reference}, which the engine host is looked at with, is no longer there`,
    hint: `\`${howTo('up')}\` makes it again`,
  });
}
