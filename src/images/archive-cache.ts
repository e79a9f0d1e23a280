import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageContext } from './context.js';
import { makeDirectories } from '../make-directories.js';

/**
 * What takes minutes to build (the components, each named by its content) is kept as an archive in the user's cache too, so that
 * another engine, or the same one after `clean --images`, need not build it again: `<cache>/images/<name>-<hash>-<architecture>.tar`.
 */
export async function loadFromCache(context: ImageContext, reference: string): Promise<boolean> {
  const { engine, signal } = context;
  const path = await archivePath(context, reference);
  if ((await stat(path).catch(() => undefined)) === undefined) return false;
  signal.throwIfAborted();
  await engine.loadImages(createReadStream(path));
  if ((await engine.findImage(reference)) !== undefined) return true;
  // Cut short or of another engine's making: it is made again.
  await rm(path, { force: true });
  return false;
}

export async function saveToCache(context: ImageContext, reference: string): Promise<void> {
  const { engine, paths, signal } = context;
  const path = await archivePath(context, reference);
  makeDirectories(join(paths.cache, 'images'));
  const temporary = `${path}.${process.pid}`;
  try {
    await pipeline(await engine.saveImages([reference]), createWriteStream(temporary), { signal });
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** One user may have engines of two architectures; an image's tag does not tell. */
async function archivePath({ engine, paths }: ImageContext, reference: string): Promise<string> {
  const { arch } = await engine.info();
  return join(paths.cache, 'images', `${reference.replaceAll(/[/:]/g, '-')}-${arch}.tar`);
}
