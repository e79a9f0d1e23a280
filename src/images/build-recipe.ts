import { stripVTControlCharacters } from 'node:util';
import { readCaBundle } from './ca-bundle.js';
import type { ImageContext } from './context.js';
import { ensureNamed } from './find-made.js';
import type { Recipe } from './recipe.js';

/** Builds the image unless the engine has it; says whether it did. */
export async function ensureBuilt(
  context: ImageContext,
  recipe: Recipe,
  onLine: (line: string) => void,
): Promise<'done' | 'unchanged'> {
  const { engine, signal, engineEnv } = context;
  if (await ensureNamed(engine, recipe)) return 'unchanged';
  const files = [...recipe.files];
  // Not part of the content that the tag stands for: it says how to fetch, not what.
  if (recipe.wantsCaBundle) files.push({ path: 'ca-bundle.crt', content: (await readCaBundle(engineEnv)) ?? '' });
  await engine.buildImage({
    tag: recipe.reference,
    files,
    buildArgs: { ...engineEnv.proxy, ...recipe.buildArgs },
    labels: recipe.labels,
    signal,
    // The classic builder colours what a step writes to stderr.
    onLine: (line) => onLine(stripVTControlCharacters(line)),
  });
  return 'done';
}
