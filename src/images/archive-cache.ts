import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeDirectories } from '../make-directories.js';
import type { ImageContext } from './context.js';
import { localNames } from './recipe.js';

/**
 * What takes minutes to build (the components, each named by its content) is kept as an archive in the user's cache too, so that
 * another engine, or the same one after `clean --images`, need not build it again: `<cache>/images/dind64-<name>-<hash>-<architecture>.tar`.
 * Its binaries will run in privileged nodes, and a cache may come from elsewhere (a CI's, a mount): so only what this user wrote is loaded, as its SHA-256
 * says, which is kept apart from the cache, in `<state>/images`. Anything else is thrown away with a notice, and made again.
 */
export async function loadFromCache(context: ImageContext, reference: string): Promise<boolean> {
  const { engine, reporter, signal } = context;
  const { archive, digest } = await placesOf(context, reference);
  const file = await open(archive).catch(() => undefined);
  if (file === undefined) return false;
  let fault: string | undefined;
  try {
    fault = await findFault(file, digest, signal);
    // By the same descriptor: what is loaded is the file that was looked at, whatever the path leads to by now.
    if (fault === undefined) await engine.loadImages(file.createReadStream({ start: 0, autoClose: false, signal }));
  } finally {
    await file.close();
  }
  if (fault === undefined && (await engine.findImage(reference)) !== undefined) return true;
  const text = `${archive} is not used and made again: ${fault ?? `the engine found no ${reference} in it`}`;
  reporter.report({ type: 'notice', level: 'warning', text });
  await rm(archive, { force: true });
  return false;
}

export async function saveToCache(context: ImageContext, reference: string): Promise<void> {
  const { engine, paths, signal } = context;
  const { archive, digest } = await placesOf(context, reference);
  makeDirectories(join(paths.cache, 'images'));
  makeDirectories(join(paths.state, 'images'), 0o700);
  const temporary = `${archive}.${process.pid}`;
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    const target = createWriteStream(temporary, { mode: 0o600 });
    await pipeline(await engine.saveImages([reference]), hashed, target, { signal });
    // First: an archive without its digest is thrown away.
    await writeFile(digest, `${hash.digest('hex')}\n`, { mode: 0o600 });
    await rename(temporary, archive);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Why an archive must not be loaded. */
async function findFault(file: FileHandle, digest: string, signal: AbortSignal): Promise<string | undefined> {
  const { uid, mode } = await file.stat();
  // Windows has no owners.
  if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0))
    return 'others than this user may have written it';
  const expected = (await readFile(digest, 'utf8').catch(() => undefined))?.trim();
  if (expected === undefined) return `there is no digest of it (${digest})`;
  const hash = createHash('sha256');
  await pipeline(file.createReadStream({ start: 0, autoClose: false }), hash, { signal });
  const found = hash.digest('hex');
  return found === expected ? undefined : `its SHA-256 is ${found}, not ${expected}`;
}

/** One user may have engines of two architectures; an image's tag does not tell. */
async function placesOf(
  { engine, paths }: ImageContext,
  reference: string,
): Promise<{ archive: string; digest: string }> {
  const { arch } = await engine.info();
  const name = `${reference.replace(localNames, 'dind64-').replaceAll(/[/:]/g, '-')}-${arch}`;
  return { archive: join(paths.cache, 'images', `${name}.tar`), digest: join(paths.state, 'images', `${name}.sha256`) };
}
