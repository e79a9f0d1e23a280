import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { withFileLock } from '../engine/embedded/lock.js';
import { DindError } from '../errors.js';
import { loadFromCache, saveToCache } from './archive-cache.js';
import { ensureBuilt } from './build-recipe.js';
import { readComponentRecipes, readNodeRecipe } from './catalog.js';
import type { ImageContext } from './context.js';
import { ensureDebianImage } from './debian-image.js';
import { ensureNamed } from './find-made.js';
import { kindestNodes } from './kindest.js';
import { removeBuildStages } from './list.js';
import { pullPatiently } from './pull-patiently.js';
import { reportWork } from './report-work.js';
import { tryPull } from './try-pull.js';
import { readVersions } from './versions.js';

export interface NodeImage {
  reference: string;
  result: 'done' | 'unchanged';
}

/**
 * The node image: DIND_NODE_IMAGE as it is; else kindest/node of the Kubernetes version where a registry answers; else dind64's own, built here.
 * One that is there already is used without asking a registry.
 */
export async function ensureNodeImage(context: ImageContext, base: string): Promise<NodeImage> {
  const { engine, settings, reporter } = context;
  const { nodeImage, imageSource, k8sVersion } = settings;
  if (nodeImage !== undefined) return ensureGivenImage(context, nodeImage);
  const kindest = kindestNodes[k8sVersion];
  if (imageSource !== 'build' && kindest !== undefined && (await engine.findImage(kindest)) !== undefined)
    return { reference: kindest, result: 'unchanged' };
  if (imageSource === 'pull' && kindest === undefined) throw noSuchKindest(k8sVersion);
  const own = imageSource === 'pull' ? undefined : await readOwnRecipe(context, base);
  if (own !== undefined && (await engine.findImage(own.recipe.reference)) !== undefined)
    return { reference: own.recipe.reference, result: 'unchanged' };

  return reportWork(reporter, { step: 'image-node', title: 'image node', parent: 'images' }, async (observe) => {
    if (imageSource !== 'build' && kindest !== undefined) {
      if (own === undefined)
        return done((await pullPatiently(engine, kindest, { signal: context.signal, onLine: observe }), kindest));
      const answer = await tryPull(engine, kindest, { signal: context.signal, onLine: observe });
      if (answer.pulled) return done(kindest);
      observe(
        `no registry (${answer.reason}): building Kubernetes ${k8sVersion} here, which takes a quarter of an hour or so`,
      );
    }
    if (own === undefined) throw noSuchKindest(k8sVersion);
    await oneAtATime(context, () => buildOwn(context, own, observe), observe);
    return done(own.recipe.reference);
  });
}

/** The node images that ensureNodeImage would use where they are, in its order; without asking an engine. */
export async function listNodeImages(settings: ImageContext['settings'], base: string): Promise<string[]> {
  const { nodeImage, imageSource, k8sVersion } = settings;
  if (nodeImage !== undefined) return [nodeImage];
  const kindest = imageSource === 'build' ? undefined : kindestNodes[k8sVersion];
  const own = imageSource === 'pull' ? undefined : (await readOwnRecipe({ settings }, base)).recipe.reference;
  return [kindest, own].filter((reference) => reference !== undefined);
}

function done(reference: string): { value: NodeImage; result: 'done' } {
  return { value: { reference, result: 'done' }, result: 'done' };
}

async function ensureGivenImage({ engine, reporter, signal }: ImageContext, reference: string): Promise<NodeImage> {
  if ((await engine.findImage(reference)) !== undefined) return { reference, result: 'unchanged' };
  return reportWork(
    reporter,
    { step: 'image-node', title: `image ${reference}`, parent: 'images' },
    async (observe) => {
      await pullPatiently(engine, reference, { signal, onLine: observe });
      return done(reference);
    },
  );
}

async function readOwnRecipe({ settings }: Pick<ImageContext, 'settings'>, base: string, debian = '') {
  const versions = await readVersions(settings.k8sVersion);
  const components = await readComponentRecipes(versions, debian);
  return { components, recipe: await readNodeRecipe(versions, base, components) };
}

/** The components one after the other (each uses all cores), then the image that joins them. */
async function buildOwn(
  context: ImageContext,
  own: Awaited<ReturnType<typeof readOwnRecipe>>,
  observe: (text: string) => void,
): Promise<void> {
  let debian: string | undefined;
  for (const { component, recipe } of own.components) {
    if ((await ensureNamed(context.engine, recipe)) || (await loadFromCache(context, recipe.reference))) continue;
    debian ??= await ensureDebianImage(context, observe);
    const buildArgs = { ...recipe.buildArgs, BASE: debian };
    await ensureBuilt(context, { ...recipe, buildArgs }, (line) => observe(`${component.title}: ${line}`));
    await saveToCache(context, recipe.reference);
  }
  await ensureBuilt(context, own.recipe, observe);
  await removeBuildStages(context.engine);
}

/** Two who build Kubernetes on one engine would take twice as long, and one's clearing up would take the other's layers. */
async function oneAtATime(
  { engine, paths, signal }: ImageContext,
  work: () => Promise<void>,
  observe: (text: string) => void,
): Promise<void> {
  if (process.platform !== 'linux') return work();
  const name = `build-${createHash('sha256').update(engine.endpoint).digest('hex').slice(0, 12)}.lock`;
  return withFileLock(join(paths.cache, 'locks', name), work, { signal, onLine: observe });
}

function noSuchKindest(minor: string): DindError {
  return new DindError({
    code: 'node-image-unknown',
    source: 'user',
    doing: `choosing a node image for Kubernetes ${minor}`,
    observed: 'dind64 knows no kindest/node image of this version',
    hint: `DIND_K8S_VERSION may be one of ${Object.keys(kindestNodes).join(', ')}; DIND_NODE_IMAGE names any other image`,
  });
}
