import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { extract, pack } from 'tar-stream';
import type { FileEntry } from './types.js';

/**
 * Packs files into a tar archive, owned by root; a path that ends with `/` is a folder. `prefix` goes before every path. `changedAt` is every
 * file's time: a fixed one makes equal contents equal archives.
 */
export async function packFiles(files: FileEntry[], changedAt: Date, prefix = ''): Promise<Buffer> {
  const archive = pack();
  const chunks: Buffer[] = [];
  const packed = (async () => {
    for await (const chunk of archive) chunks.push(chunk as Buffer);
  })();
  for (const file of files) {
    const header = { name: posix.join(prefix, file.path).replace(/^\/+/, ''), mtime: changedAt, uid: 0, gid: 0 };
    if (file.link !== undefined) archive.entry({ ...header, type: 'symlink', linkname: file.link, mode: 0o777 });
    else if (file.path.endsWith('/')) archive.entry({ ...header, type: 'directory', mode: file.mode ?? 0o755 });
    else archive.entry({ ...header, mode: file.mode ?? 0o644 }, file.content);
  }
  archive.finalize();
  await packed;
  return Buffer.concat(chunks);
}

/** All regular files of a tar stream. */
export async function readEntries(archive: Readable): Promise<FileEntry[]> {
  const entries = archive.pipe(extract());
  archive.on('error', (error) => entries.destroy(error));
  const files: FileEntry[] = [];
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const { name, type, mode } = entry.header;
    if (type === 'file' || type === 'contiguous-file')
      files.push({
        path: name,
        content: Buffer.concat(chunks),
        ...(mode === undefined ? {} : { mode: mode & 0o7777 }),
      });
  }
  return files;
}

/** The first entry of a tar stream: what it is, and a file's content. */
export async function readFirstEntry(
  archive: Readable,
): Promise<{ type: string; link: string; content: Buffer } | undefined> {
  const entries = archive.pipe(extract());
  archive.on('error', (error) => entries.destroy(error));
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    archive.destroy();
    return { type: entry.header.type ?? 'file', link: entry.header.linkname ?? '', content: Buffer.concat(chunks) };
  }
  return undefined;
}
