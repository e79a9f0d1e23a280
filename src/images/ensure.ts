import { ensureBuilt } from './build-recipe.js';
import { helperNames, readBaseRecipe, readHelperRecipe, type HelperName } from './catalog.js';
import { ensureComponentStore } from './component-store.js';
import type { ImageContext } from './context.js';
import { ensureDebianImage } from './debian-image.js';
import { ensureNamed, findMade } from './find-made.js';
import { ensureNodeImage } from './node-image.js';
import { reportWork } from './report-work.js';

export type { ImageContext } from './context.js';

/** References of all images that a cluster needs, and the volume with the component images unpacked. */
export interface ImageSet {
  base: string;
  dns64: string;
  nat64: string;
  api: string;
  node: string;
  /** As the node image names it, e.g. `v1.37.2`. */
  nodeVersion: string;
  /** Images that every node has from the start, the base image among them. */
  componentImages: string[];
  componentStore: string;
}

/** Makes sure of the base image: the short-lived containers that read facts of the engine host and change it are made from it. Its reference. */
export async function ensureBaseImage(context: ImageContext): Promise<string> {
  const { engine, reporter } = context;
  // What it is built on does not matter for its name, and is asked for only when it must be built.
  const recipe = await readBaseRecipe('');
  const { reference } = recipe;
  if (await ensureNamed(engine, recipe)) return reference;
  return reportWork(reporter, { step: 'image-base', title: 'base image' }, async (observe) => {
    const debian = await ensureDebianImage(context, observe);
    return { value: reference, result: await ensureBuilt(context, await readBaseRecipe(debian), observe) };
  });
}

/** What the engine calls the base image, where it has it. */
export async function findBaseImage(engine: ImageContext['engine']): Promise<string | undefined> {
  return findMade(engine, await readBaseRecipe(''));
}

/** Makes or pulls everything a cluster needs, side by side where one does not need the other. */
export async function ensureImages(context: ImageContext): Promise<ImageSet> {
  const base = await ensureBaseImage(context);
  return reportWork(context.reporter, { step: 'images', title: 'images' }, async () => {
    const made: string[] = [];
    const note = (result: 'done' | 'unchanged', name: string): void => void (result === 'done' && made.push(name));
    const [helpers, node] = await makeAll(context, base, note);
    return {
      value: { base, ...helpers, ...node },
      result: made.length === 0 ? 'unchanged' : 'done',
      text: made.length === 0 ? node.nodeVersion : `made ${made.join(', ')}`,
    };
  });
}

type Note = (result: 'done' | 'unchanged', name: string) => void;
type NodeImages = Pick<ImageSet, 'node' | 'nodeVersion' | 'componentImages' | 'componentStore'>;

/** Side by side; the first failure ends the others, which may have minutes to go, and is thrown when they have ended. */
async function makeAll(
  context: ImageContext,
  base: string,
  note: Note,
): Promise<[Record<HelperName, string>, NodeImages]> {
  const stop = new AbortController();
  const linked = { ...context, signal: AbortSignal.any([context.signal, stop.signal]) };
  const helpers = helperNames.map(async (name) => [name, await ensureHelper(linked, name, base, note)] as const);
  const node = ensureNode(linked, base, note);
  try {
    const [made, nodeImages] = await Promise.all([Promise.all(helpers), node]);
    return [Object.fromEntries(made) as Record<HelperName, string>, nodeImages];
  } catch (error) {
    stop.abort();
    await Promise.allSettled([...helpers, node]);
    throw error;
  }
}

async function ensureHelper(context: ImageContext, name: HelperName, base: string, note: Note): Promise<string> {
  const recipe = await readHelperRecipe(name, base);
  if ((await context.engine.findImage(recipe.reference)) !== undefined) return recipe.reference;
  return reportWork(
    context.reporter,
    { step: `image-${name}`, title: `image ${name}`, parent: 'images' },
    async (observe) => {
      const result = await ensureBuilt(context, recipe, observe);
      note(result, name);
      return { value: recipe.reference, result };
    },
  );
}

async function ensureNode(context: ImageContext, base: string, note: Note): Promise<NodeImages> {
  const node = await ensureNodeImage(context, base);
  note(node.result, 'node');
  const store = await ensureComponentStore(context, { nodeImage: node.reference, base });
  note(store.result, 'component store');
  return {
    node: node.reference,
    nodeVersion: store.kubernetesVersion,
    componentImages: store.images,
    componentStore: store.volume,
  };
}
