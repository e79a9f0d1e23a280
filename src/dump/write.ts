import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packFiles } from '../engine/archive.js';
import { makeDirectories } from '../make-directories.js';

/** Dumps that stay in the state folder when a new one is made. */
const keptDumps = 10;

/** Path of a new dump in the state folder, after the oldest ones have been removed. Names end with the time. */
export async function nameDump(stateFolder: string, clusterName: string, now: Date): Promise<string> {
  const folder = path.join(stateFolder, 'dumps');
  makeDirectories(folder, 0o700);
  const time = (name: string): string => /\d{4}-\d\d-\d\dT[\d-]+Z/.exec(name)?.[0] ?? '';
  const old = (await readdir(folder))
    .filter((name) => time(name) !== '')
    .sort((one, other) => time(one).localeCompare(time(other)));
  await Promise.all(
    old
      .slice(0, Math.max(0, old.length - keptDumps + 1))
      .map((name) => rm(path.join(folder, name), { recursive: true, force: true })),
  );
  return path.join(folder, `${clusterName}-${now.toISOString().replaceAll(/[:.]/g, '-')}`);
}

/** Makes the folders that the dump goes to, before anything is read for it, and leaves nothing else. Throws the file system's errors. */
export async function ensureWritable(target: string): Promise<void> {
  const folder = isArchive(target) ? path.dirname(target) : target;
  makeDirectories(folder, isArchive(target) ? undefined : 0o700);
  if (isArchive(target) && (await stat(target).catch(() => undefined))?.isDirectory() === true)
    throw new Error('it is a folder, and the dump is to be a file');
  // What may be written to is not told by modes alone: root on a file system that is read-only, or full.
  const probe = path.join(folder, `.dind64-${process.pid}`);
  await writeFile(probe, 'a dump can be written here\n', { mode: 0o600 });
  await rm(probe);
}

/** Writes a folder, or an archive where the path ends with `.tar.gz` or `.tgz`; readable by the user only. Throws the file system's errors. */
export async function writeDump(
  target: string,
  files: readonly { path: string; content: string }[],
  now: Date,
): Promise<void> {
  await (isArchive(target) ? writeArchive(target, files, now) : writeFolder(target, files));
}

export function isArchive(target: string): boolean {
  return /\.(tar\.gz|tgz)$/.test(target);
}

async function writeFolder(target: string, files: readonly { path: string; content: string }[]): Promise<void> {
  for (const folder of new Set(files.map((file) => path.dirname(file.path))))
    makeDirectories(path.join(target, folder), 0o700);
  await Promise.all(files.map((file) => writeFile(path.join(target, file.path), file.content, { mode: 0o600 })));
}

/** As a whole or not at all. */
async function writeArchive(
  target: string,
  files: readonly { path: string; content: string }[],
  now: Date,
): Promise<void> {
  const prefix = path.basename(target).replace(/\.(tar\.gz|tgz)$/, '');
  const archive = await promisify(gzip)(
    await packFiles(
      files.map(({ path: name, content }) => ({ path: name, content, mode: 0o600 })),
      now,
      prefix,
    ),
  );
  makeDirectories(path.dirname(target));
  const temporary = `${target}.${process.pid}`;
  await writeFile(temporary, archive, { mode: 0o600 });
  await rename(temporary, target);
}
