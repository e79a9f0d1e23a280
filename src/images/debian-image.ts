import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { debianRootfsPath, ensureDebianRootfs, type DebianRecipe } from '../engine/embedded/debian.js';
import { labels } from '../labels.js';
import type { ImageContext } from './context.js';
import { pullPatiently } from './pull-patiently.js';
import { localNames } from './recipe.js';
import { tryPull } from './try-pull.js';

const debianReference = 'docker.io/library/debian:trixie-slim';

/** The image that everything is built from: Debian's own where a registry answers, else a root file system made here and imported. Its reference. */
export async function ensureDebianImage(context: ImageContext, onLine: (line: string) => void): Promise<string> {
  const { engine, settings, signal } = context;
  const recipe = await describeDebian(context);
  const imported = importedReference(context, recipe);
  if (settings.imageSource !== 'pull' && (await engine.findImage(imported)) !== undefined) return imported;
  if (settings.imageSource !== 'build') {
    if ((await engine.findImage(debianReference)) !== undefined) return debianReference;
    if (settings.imageSource === 'pull') {
      await pullPatiently(engine, debianReference, { signal, onLine });
      return debianReference;
    }
    const answer = await tryPull(engine, debianReference, { signal, onLine });
    if (answer.pulled) return debianReference;
    onLine(`no registry (${answer.reason}): making a Debian root file system here`);
  }
  const tarball = await ensureDebianRootfs(context.paths.cache, recipe, { onLine, signal });
  onLine('importing the root file system');
  await engine.importImage(createReadStream(tarball), imported, { [labels.content]: tagOf(imported) }, signal);
  return imported;
}

async function describeDebian({ engine }: ImageContext): Promise<DebianRecipe> {
  const { arch } = await engine.info();
  return { name: 'debian', suite: 'trixie', packages: ['ca-certificates'], architecture: arch, output: 'tar' };
}

function importedReference({ paths }: ImageContext, recipe: DebianRecipe): string {
  return `${localNames}debian:${basename(debianRootfsPath(paths.cache, recipe), '.tar').replace(/^debian-/, '')}`;
}

function tagOf(reference: string): string {
  return reference.slice(reference.indexOf(':') + 1);
}
