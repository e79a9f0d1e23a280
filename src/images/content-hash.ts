import { createHash } from 'node:crypto';
import type { FileEntry } from '../engine/types.js';

/** 12 hex digits that change with any file's path, mode or content and with any argument: what an image is made from. */
export function hashContent(files: FileEntry[], buildArgs: Record<string, string>): string {
  const hash = createHash('sha256');
  const add = (part: string | Buffer): void => {
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  };
  for (const [name, value] of Object.entries(buildArgs).sort(([one], [other]) => (one < other ? -1 : 1))) {
    add(name);
    add(value);
  }
  for (const { path, mode, content } of [...files].sort((one, other) => (one.path < other.path ? -1 : 1))) {
    add(path);
    add(String(mode ?? 0o644));
    add(content);
  }
  return hash.digest('hex').slice(0, 12);
}
