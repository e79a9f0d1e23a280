import { pino } from 'pino';
import { readRecord, removeRecord } from '../../../src/cluster/record.js';
import { withHostLock } from '../../../src/cluster/lock.js';
import { planHostChanges } from '../../../src/host/changes.js';
import { readHostFacts } from '../../../src/host/facts.js';
import { recordRaisedAcceptRa } from '../../../src/host/raised-accept-ra.js';
import { listChangeVolumes, listSharedChangeVolumes } from '../../../src/host/record.js';
import { restoreHost, type RestoreResult } from '../../../src/host/restore.js';
import { applyGuard } from '../../../src/cluster/helpers/guard.js';
import type { StepContext } from '../../../src/cluster/step.js';
import { createPlan } from '../../../src/plan/create-plan.js';
import { nameCluster } from '../../../src/plan/names.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import type { ClusterRecord } from '../../../src/plan/record.js';
import type { Reporter } from '../../../src/progress/types.js';
import { recordCluster, uninstallHostRules } from '../../../src/steps/host.js';
import type { TestHost } from './support.js';

/** Hears of what it waits for. */
export type Report = Reporter['report'];

/** `up` as far as it concerns the host, part by part: between them it makes images, or is killed. */
export interface Up {
  /** Records the cluster and what will change, and changes it; with the record comes the guard. */
  record(report?: Report): Promise<void>;
  makeNetworks(): Promise<ClusterPlan>;
}

/** Reads the facts, as `up` does first of all. */
export async function beginUp(host: TestHost, record: ClusterRecord): Promise<Up> {
  const { engine, baseImage } = host;
  const facts = await readHostFacts(engine, baseImage);
  const hostChanges = planHostChanges(facts);
  const surveyed = {
    ...record,
    hostChanges,
    hostChangeVolumes: listChangeVolumes(await listSharedChangeVolumes(engine), hostChanges),
  };
  const { clusterName } = record.settings;
  const context = {
    ...contextOf(host, clusterName),
    record: surveyed,
    plan: createPlan(surveyed),
    facts,
    info: await engine.info(),
  };
  return {
    record: async (report = quiet) => {
      const reporter = { report, close: () => undefined };
      await recordCluster.run({ ...context, reporter } as unknown as StepContext, () => undefined);
    },
    makeNetworks: async () => {
      const recorded = await readRecord(engine, clusterName);
      const plan = createPlan(recorded ?? surveyed);
      for (const network of [plan.networks.node, plan.networks.egress])
        if ((await engine.findNetwork(network.name)) === undefined) await engine.createNetwork(network);
      await applyGuard(engine, plan);
      return plan;
    },
  };
}

/** `clean` as far as it concerns the host. `beforeRelease`: called in the host's lock, when all is put back and nothing is forgotten yet. */
export async function clean(
  host: TestHost,
  clusterName: string,
  { report = quiet, beforeRelease }: { report?: Report; beforeRelease?: () => Promise<void> } = {},
): Promise<RestoreResult> {
  const { engine, baseImage } = host;
  const names = nameCluster(clusterName);
  const context = {
    ...contextOf(host, clusterName),
    reporter: { report, close: () => undefined },
    record: await readRecord(engine, clusterName),
  };
  await uninstallHostRules.run(context, () => undefined);
  await engine.removeNetwork(names.nodeNetwork);
  await engine.removeNetwork(names.egressNetwork);
  await recordRaisedAcceptRa(engine, clusterName);
  const release = async (): Promise<void> => {
    await beforeRelease?.();
    await removeRecord(engine, clusterName);
  };
  return withHostLock(context, engine, baseImage, () => restoreHost(engine, baseImage, clusterName, { release }));
}

const quiet: Report = () => undefined;

function contextOf(
  { engine, baseImage }: TestHost,
  clusterName: string,
): Omit<StepContext, 'plan' | 'record' | 'surroundings' | 'facts' | 'info'> {
  return {
    engine,
    clusterName,
    names: nameCluster(clusterName),
    baseImage: () => Promise.resolve(baseImage),
    paths: undefined as never,
    kubeconfig: undefined,
    timeoutMs: 60_000,
    reporter: { report: quiet, close: () => undefined },
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
  };
}
