import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { packFiles, readFirstEntry } from '../../../src/engine/archive.js';

const files = [
  { path: 'plain', content: 'ü' },
  { path: '/tool', content: Buffer.from([0, 255]), mode: 0o755 },
  { path: 'link', content: '', link: '../target' },
  { path: 'folder/', content: '' },
];

describe('packFiles', () => {
  it('keeps modes, links and folders, below a prefix', async () => {
    const entries: unknown[] = [];
    for await (const entry of Readable.from([await packFiles(files, new Date(0), '/a/b')]).pipe(extract())) {
      const { name, mode, type, linkname, uid, gid } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      entries.push([name, mode, type, linkname, uid, gid, Buffer.concat(chunks).toString('hex')]);
    }
    expect(entries).toEqual([
      ['a/b/plain', 0o644, 'file', null, 0, 0, 'c3bc'],
      ['a/b/tool', 0o755, 'file', null, 0, 0, '00ff'],
      ['a/b/link', 0o777, 'symlink', '../target', 0, 0, ''],
      ['a/b/folder/', 0o755, 'directory', null, 0, 0, ''],
    ]);
  });

  it('makes equal archives of equal contents', async () => {
    expect(await packFiles(files, new Date(0))).toEqual(await packFiles(files, new Date(0)));
  });
});

describe('readFirstEntry', () => {
  it('tells what the first entry is', async () => {
    const first = async (...packed: typeof files) =>
      readFirstEntry(Readable.from([await packFiles(packed, new Date(0))]));
    expect(await first(files[0]!, files[1]!)).toEqual({ type: 'file', link: '', content: Buffer.from('ü') });
    expect(await first(files[2]!)).toMatchObject({ type: 'symlink', link: '../target' });
    expect(await first(files[3]!)).toMatchObject({ type: 'directory' });
    expect(await first()).toBeUndefined();
  });

  it('fails with its source', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('broke off'));
      },
    });
    await expect(readFirstEntry(broken)).rejects.toThrow('broke off');
  });
});
