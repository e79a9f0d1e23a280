import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileEntry } from '../engine/types.js';

/** The package's images/ folder: beside src/ in a clone, beside dist/ in an installed package. */
export const imagesDirectory = fileURLToPath(new URL('../../images/', import.meta.url));

/**
 * All files below a folder of images/, sorted, paths relative to it. Of a file's mode only "executable or not" is taken: the rest is the umask of
 * whoever cloned, and would make equal contents look different.
 */
export async function readImageFiles(folder: string): Promise<FileEntry[]> {
  const root = join(imagesDirectory, folder);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: path.slice(root.length).replace(/^\/+/, ''),
      content: await readFile(path),
      mode: ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755,
    })),
  );
}
