import type { Engine } from '../engine/types.js';
import { labels } from '../labels.js';
import { localNames, type Recipe } from './recipe.js';

type Made = Pick<Recipe, 'reference' | 'labels'>;

/** What the engine calls an image of this recipe: its reference, or what dind64 called the same content before its names began with `localhost/`. */
export async function findMade(engine: Engine, recipe: Made): Promise<string | undefined> {
  const { reference } = recipe;
  if ((await engine.findImage(reference)) !== undefined) return reference;
  const former = formerName(reference);
  const image = await engine.findImage(former);
  const isOurs = image !== undefined && image.labels[labels.content] === recipe.labels[labels.content];
  return isOurs ? former : undefined;
}

/** Whether the engine has it; one with a former name gets its name of now, and keeps the other for clusters whose record has that. */
export async function ensureNamed(engine: Engine, recipe: Made): Promise<boolean> {
  const found = await findMade(engine, recipe);
  if (found !== undefined && found !== recipe.reference) await engine.tagImage(found, recipe.reference);
  return found !== undefined;
}

function formerName(reference: string): string {
  return reference.replace(localNames, 'dind64/');
}
