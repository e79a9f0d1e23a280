import { readAdminAccess, refuseAttached } from '../cluster/access.js';
import { findReachableServer } from '../cluster/api-servers.js';
import { adoptRecord, listKeptSettings } from '../cluster/adopt.js';
import { readRecord, recoverRecord } from '../cluster/record.js';
import { refuseWithoutRecord } from '../cluster/running.js';
import type { Engine } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { ensureBaseImage, ensureImages } from '../images/ensure.js';
import type { ClusterImages } from '../plan/record.js';
import type { Context } from '../cluster/context.js';
import { withClusterLock } from '../cluster/lock.js';
import { upSteps } from '../steps/lists.js';
import { runSteps } from '../steps/run-steps.js';
import { runPhase } from '../cluster/phase.js';
import { refuseFirewalls } from '../steps/firewalls.js';
import { refuseKubeconfig } from '../steps/kubeconfig.js';
import { decideMode } from '../steps/mode.js';
import { surveyHost, type Survey } from '../steps/survey.js';
import { composeRecord, imageContext, stepContext } from './contexts.js';
import { withDumpOnFailure } from './dump-on-failure.js';
import { summarizeUp } from './summary.js';

/** Settings, engine, base image, facts, decisions and checks; then images, and everything else by the steps of the list. */
export async function up(context: Context): Promise<void> {
  const start = performance.now();
  const engine = await runPhase(context, 'engine', 'engine', async () => {
    const found = await context.connect();
    const { version } = await found.info();
    return { value: found, text: `Docker ${version} at ${found.endpoint}` };
  });
  const baseImage = await ensureBaseImage(imageContext(context, engine));
  const { plan, kept } = await withClusterLock(context, engine, baseImage, async () => {
    const { clusterName } = context.environment.settings;
    await recoverRecord(engine, clusterName, baseImage);
    const record = await readRecord(engine, clusterName);
    refuseAttached(record, 'bringing the cluster up');
    if (record === undefined) await refuseWithoutRecord(engine, clusterName);
    const adopted = adoptRecord(context, record);
    const survey = await runPhase(context, 'survey', 'engine host', async () => {
      await refuseKubeconfig(adopted);
      const found = await surveyHost(adopted, { engine, baseImage, record });
      const mode = await decideMode(adopted, found);
      refuseFirewalls(adopted, found, mode);
      return { value: { ...found, mode }, text: `AAAA use ${mode.aaaa ? 'on' : 'off'} (${mode.reason})` };
    });
    return withDumpOnFailure(adopted, async () => {
      const images = await ensureImages(imageContext(await keepNodeImage(adopted, survey), engine));
      const next = composeRecord(adopted, survey, {
        mode: survey.mode,
        images: { ...images, kubernetesVersion: images.nodeVersion },
        digests: await readDigests(engine, images),
      });
      const steps = await stepContext(adopted, survey, next);
      await runSteps(upSteps, steps);
      return { plan: steps.plan, kept: listKeptSettings(context.environment, record) };
    });
  });
  context.reporter.report({
    type: 'summary',
    title: `${plan.clusterName} is up after ${((performance.now() - start) / 1000).toFixed(1)} s`,
    lines: summarizeUp(plan, {
      kept,
      unreachableFrom: (await isReachable(engine, plan)) ? undefined : engine.endpoint,
    }),
  });
}

/** Whether programs that run where this one does get to the API. */
async function isReachable(engine: Engine, { clusterName }: ClusterPlan): Promise<boolean> {
  const { servers, caData } = await readAdminAccess(engine, clusterName);
  return (await findReachableServer(servers, caData)) !== undefined;
}

/** New nodes of a cluster are of the image that the others have, whatever a newer dind64 would choose. */
async function keepNodeImage(context: Context, { engine, record, made }: Survey): Promise<Context> {
  const { environment } = context;
  if (record === undefined || !made.nodes || (await engine.findImage(record.images.node)) === undefined) return context;
  return {
    ...context,
    environment: { ...environment, settings: { ...environment.settings, nodeImage: record.images.node } },
  };
}

/** Ids of the images that a cluster's containers run. */
export async function readDigests(
  engine: Engine,
  { base, dns64, nat64, api, node }: Pick<ClusterImages, 'base' | 'dns64' | 'nat64' | 'api' | 'node'>,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    [base, dns64, nat64, api, node]
      .filter((reference) => reference !== '')
      .map(async (reference) => [reference, (await engine.findImage(reference))?.id ?? '']),
  );
  return Object.fromEntries(found) as Record<string, string>;
}
