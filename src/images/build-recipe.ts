import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { DindError } from '../errors.js';
import type { ImageContext } from './context.js';
import type { Recipe } from './recipe.js';

/** Builds the image unless the engine has it; says whether it did. */
export async function ensureBuilt(context: ImageContext, recipe: Recipe, onLine: (line: string) => void): Promise<'done' | 'unchanged'> {
  const { engine, signal, engineEnv } = context;
  if ((await engine.findImage(recipe.reference)) !== undefined) return 'unchanged';
  const files = [...recipe.files];
  // Not part of the content that the tag stands for: it says how to fetch, not what.
  if (recipe.wantsCaBundle) files.push({ path: 'ca-bundle.crt', content: await readCaBundle(engineEnv.caBundle) });
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

async function readCaBundle(path: string | undefined): Promise<Buffer> {
  if (path === undefined) return Buffer.alloc(0);
  try {
    return await readFile(path);
  } catch (error) {
    throw new DindError({
      code: 'ca-bundle-unreadable', source: 'user', doing: 'reading the CA bundle', where: path, observed: error instanceof Error ? error.message : String(error),
      hint: 'SSL_CERT_FILE or NODE_EXTRA_CA_CERTS names this file: correct it, or unset it', cause: error,
    });
  }
}
