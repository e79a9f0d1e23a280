import { prepareHost } from '../host/prepare.js';
import { readHostFacts } from '../host/facts.js';
import { listChangeVolumes, listHostChanges, listSharedChangeVolumes } from '../host/record.js';
import { restoreHost as restoreHostFromRecord } from '../host/restore.js';
import { recordRaisedAcceptRa } from '../host/raised-accept-ra.js';
import { removeHostRules } from '../host/rules.js';
import { describeChange, planHostChanges } from '../host/changes.js';
import type { OwnRecord, SharedChange } from '../plan/record.js';
import { applyGuard } from '../cluster/helpers/guard.js';
import { withHostLock } from '../cluster/lock.js';
import { labels } from '../labels.js';
import { createPlan } from '../plan/create-plan.js';
import { nextRecord, ownRecord, removeRecord, writeRecord } from '../cluster/record.js';
import type { RemovalContext, RemovalStep, StepContext, StepResult, UpStep } from '../cluster/step.js';

/**
 * What the cluster is and what was on the host before, recorded before the first network: the engine itself turns forwarding on and sets FORWARD to DROP when
 * it makes one. Under the host's lock; where another cluster has come or gone since the facts were read, they are read again.
 */
export const recordCluster: UpStep = {
  id: 'record',
  title: 'cluster and host recorded',
  after: [],
  run: async (context) => {
    const { engine, plan, info, signal } = context;
    const record = ownRecord(context.record);
    const { firewallBackend } = info;
    const changes = await withHostLock(context, engine, plan.baseImage, async () => {
      const current = await renewHostFacts(context, record);
      await prepareHost(
        engine,
        plan.baseImage,
        {
          clusterName: plan.clusterName,
          changes: current.hostChanges,
          facts: context.facts,
          firewallBackend,
          record: () => writeRecord(engine, current),
        },
        signal,
      );
      return current.hostChanges;
    });
    return { result: record.generation > 1 ? 'unchanged' : 'done', ...describeChanges(changes) };
  },
};

/** Everything but what is shared with other clusters is this cluster's own, and nobody else changes it. */
async function renewHostFacts({ engine, plan, info, signal }: StepContext, record: OwnRecord): Promise<OwnRecord> {
  const before = JSON.stringify(record.hostChangeVolumes);
  const volumes = await listSharedChangeVolumes(engine);
  const foreseen = listChangeVolumes(volumes, record.hostChanges);
  if (JSON.stringify(foreseen) === before) return record;
  const hostChanges = planHostChanges(await readHostFacts(engine, plan.baseImage, { signal }), info.firewallBackend);
  return {
    ...record,
    hostChanges,
    hostChangeVolumes: listChangeVolumes(volumes, hostChanges),
  };
}

function describeChanges(changes: readonly SharedChange[]): Pick<StepResult, 'text'> {
  return changes.length === 0 ? {} : { text: changes.map(describeChange).join('; ') };
}

/** The guard makes the host as recorded, in both modes: by itself when it starts, and here at once, so that it is known to have worked. */
export const applyHostRules: UpStep = {
  id: 'host-rules',
  title: 'host rules',
  after: ['node-network'],
  run: async ({ engine, plan }) => {
    const made = await applyGuard(engine, plan);
    return made.length === 0 ? { result: 'unchanged' } : { result: 'done', text: made.join(', ') };
  },
};

export const uninstallHostRules: RemovalStep = {
  id: 'host-rules',
  title: 'host rules removed',
  after: [],
  // A node that still runs would send with its own address.
  needs: ['nodes'],
  run: uninstallRules,
};

/** The last of `clean`: what clusters share goes back to what it was, unless somebody else needs it; then it stays and `clean` says so. The record goes after. */
export const restoreHost: RemovalStep = {
  id: 'host-restore',
  title: 'host restored',
  after: [],
  // The record goes with it: a removal that is not complete needs it again.
  needs: ['nodes', 'host-rules', 'helpers', 'networks', 'config-volumes'],
  run: async (context) => {
    const { engine, baseImage, clusterName, reporter, signal } = context;
    const release = (): Promise<void> => removeRecord(engine, clusterName);
    await recordRaisedAcceptRa(engine, clusterName);
    if ((await listHostChanges(engine, clusterName)).length === 0) {
      await release();
      return { result: 'unchanged' };
    }
    const { restored, kept, left } = await withHostLock(context, engine, await baseImage(), async () =>
      restoreHostFromRecord(engine, await baseImage(), clusterName, { signal, release }),
    );
    for (const { text } of [...kept, ...left]) reporter.report({ type: 'notice', level: 'info', text });
    return restored.length === 0
      ? { result: 'unchanged' }
      : { result: 'done', text: restored.map(describeChange).join('; ') };
  },
};

/** The guard stops first, since it would put them back; with the record that says so it starts again, for its volumes. Where nothing is recorded, there may be anything. */
async function uninstallRules(context: RemovalContext): Promise<StepResult> {
  const { engine, baseImage, clusterName, names, record, signal } = context;
  if (record === undefined ? !(await hasObjects(context)) : !ownRecord(record).hostRules)
    return { result: 'unchanged' };
  const guard = await engine.findContainer(names.host);
  if (guard?.labels[labels.cluster] === clusterName && guard.status === 'running')
    await engine.stopContainer(names.host, 0);
  const gateway = record === undefined ? undefined : createPlan(record).host.gateway;
  await removeHostRules(engine, await baseImage(), { clusterName, names, gateway }, signal);
  if (record !== undefined) await writeRecord(engine, nextRecord(ownRecord(record), { hostRules: false }));
  return { result: 'done' };
}

/** Whether an older dind64, or one that was killed, has left a network of the cluster, a guard or a record of rules. */
async function hasObjects({ engine, clusterName, names }: RemovalContext): Promise<boolean> {
  const [network, guard, changes] = await Promise.all([
    engine.findNetwork(names.nodeNetwork),
    engine.findContainer(names.host),
    listHostChanges(engine, clusterName),
  ]);
  return network !== undefined || guard !== undefined || changes.some(({ change }) => change.kind === 'rules');
}
