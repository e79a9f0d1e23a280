import type { Engine } from '../engine/types.js';
import { readCaBundle } from '../images/ca-bundle.js';
import type { ImageContext } from '../images/context.js';
import { ensureBaseImage, type ImageSet } from '../images/ensure.js';
import { createPlan } from '../plan/create-plan.js';
import { nameCluster } from '../plan/names.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Environment } from '../settings/types.js';
import type { Context } from '../cluster/context.js';
import type { RemovalContext, StepContext } from '../cluster/step.js';
import type { Survey } from '../steps/survey.js';

/** What images/ needs of a context. */
export function imageContext(context: Context, engine: Engine): ImageContext {
  const { settings, paths, engine: engineEnv } = context.environment;
  return { engine, settings, paths, engineEnv, reporter: context.reporter, signal: context.signal };
}

/** What every step needs, `down` and `clean` included. */
export function removalContext(context: Context, engine: Engine): RemovalContext {
  const { settings, paths } = context.environment;
  let base: Promise<string> | undefined;
  return {
    engine,
    clusterName: settings.clusterName,
    names: nameCluster(settings.clusterName),
    baseImage: () => (base ??= ensureBaseImage(imageContext(context, engine))),
    paths,
    kubeconfig: settings.kubeconfig,
    timeoutMs: settings.timeoutMs,
    reporter: context.reporter,
    log: context.log,
    signal: context.signal,
  };
}

/** What a step of `up` needs besides. */
export async function stepContext(context: Context, survey: Survey, plan: ClusterPlan): Promise<StepContext> {
  return {
    ...removalContext(context, survey.engine),
    plan,
    facts: survey.facts,
    info: survey.info,
    caBundle: await readCaBundle(context.environment.engine),
  };
}

export function planFrom(
  environment: Environment,
  survey: Survey,
  mode: ClusterPlan['mode'],
  images: Omit<ImageSet, 'componentImages'>,
): ClusterPlan {
  const { settings, engine } = environment;
  return createPlan({
    ...survey,
    settings,
    mode,
    engine: survey.info,
    images: { ...images, kubernetesVersion: images.nodeVersion },
    proxy: engine.proxy,
  });
}
