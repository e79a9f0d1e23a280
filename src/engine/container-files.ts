import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { DindError } from '../errors.js';
import { packFiles, readEntries, readFirstEntry } from './archive.js';
import { ask, askForOptional, engineError, isAbsent } from './engine-error.js';
import type { Connection } from './transport.js';
import type { FileEntry, Mount } from './types.js';

/**
 * Puts files below a directory of a container, created, running or stopped; parents are made (0755, root). Volumes are reached, a running
 * container's tmpfs mounts are not (moby mounts only volumes and binds for this): use exec there.
 */
export async function putFiles(
  { docker, endpoint }: Connection,
  container: string,
  directory: string,
  files: FileEntry[],
): Promise<void> {
  const doing = `putting files into ${container}:${directory}`;
  try {
    await docker.getContainer(container).putArchive(await packFiles(files, new Date()), { path: directory });
  } catch (error) {
    if (!isAbsent(error)) throw engineError(error, doing, endpoint);
    // The directory is not there yet (or the container is not, which fails again).
    const archive = await packFiles(files, new Date(), directory);
    await ask(endpoint, doing, () => docker.getContainer(container).putArchive(archive, { path: '/' }));
  }
}

/** Puts files with absolute paths: those below a writable volume through it, since a read-only root takes nothing itself. */
export async function putAbsoluteFiles(
  connection: Connection,
  container: string,
  mounts: Mount[],
  files: FileEntry[],
): Promise<void> {
  const groups = new Map<string, FileEntry[]>();
  for (const file of files) {
    const path = posix.resolve('/', file.path) + (file.path.endsWith('/') ? '/' : '');
    const below = mounts.map(({ target }) => target).filter((target) => path.startsWith(`${target}/`));
    const base = below.sort((one, other) => other.length - one.length)[0] ?? '/';
    groups.set(base, [...(groups.get(base) ?? []), { ...file, path: path.slice(base === '/' ? 1 : base.length + 1) }]);
  }
  for (const [base, group] of groups) await putFiles(connection, container, base, group);
}

/** A file's content, symbolic links followed; `undefined` when there is none. Sees no tmpfs of a running container, as putFiles. */
export async function readFile(
  { docker, endpoint }: Connection,
  container: string,
  path: string,
): Promise<Buffer | undefined> {
  const doing = `reading ${container}:${path}`;
  let current = path;
  for (let hops = 0; hops < 16; hops += 1) {
    const archive = (await askForOptional(endpoint, doing, () =>
      docker.getContainer(container).getArchive({ path: current }),
    )) as Readable | undefined;
    if (archive === undefined) return undefined;
    const entry = await ask(endpoint, doing, () => readFirstEntry(archive));
    if (entry === undefined) return undefined;
    if (entry.type === 'file' || entry.type === 'contiguous-file') return entry.content;
    if (entry.type !== 'symlink') throw notAFile(doing, endpoint, `it is a ${entry.type}`);
    current = posix.resolve(posix.dirname(current), entry.link);
  }
  throw notAFile(doing, endpoint, 'its symbolic links lead in a circle');
}

/** Regular files below a directory, paths relative to it; `undefined` when there is no such container or directory. */
export async function readFiles(
  { docker, endpoint }: Connection,
  container: string,
  directory: string,
): Promise<FileEntry[] | undefined> {
  const doing = `reading ${container}:${directory}`;
  const archive = (await askForOptional(endpoint, doing, () =>
    docker.getContainer(container).getArchive({ path: directory }),
  )) as Readable | undefined;
  if (archive === undefined) return undefined;
  // The engine puts the directory's own name before each path.
  return (await ask(endpoint, doing, () => readEntries(archive))).map((file) => ({
    ...file,
    path: file.path.slice(file.path.indexOf('/') + 1),
  }));
}

function notAFile(doing: string, where: string, observed: string): DindError {
  return new DindError({ code: 'not-a-file', source: 'bug', doing, where, observed });
}
