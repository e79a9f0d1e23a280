import type { FileEntry } from '../engine/types.js';
import { readImageFiles } from './image-files.js';

/** What dind64 puts into every node before it starts, whatever its image: `dind64/entrypoint` and what that calls. Paths relative to `/`. */
export async function readHarness(): Promise<FileEntry[]> {
  return readImageFiles('harness/files');
}
