// Seen to fail with files that others may read, with eleven dumps kept, and with a dump of another cluster that is younger removed first.
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nameDump, writeDump } from '../../../src/dump/write.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dind64-test-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const files = [
  { path: 'index.html', content: '<p>' },
  { path: 'nodes/n 1/kubelet.log', content: 'started\n' },
];
const now = new Date('2026-11-23T10:11:12.345Z');

it('a folder that the user alone can read', async () => {
  await writeDump(join(folder, 'dump'), files, now);
  expect(await readFile(join(folder, 'dump', 'nodes/n 1/kubelet.log'), 'utf8')).toBe('started\n');
  for (const path of ['dump', 'dump/nodes/n 1', 'dump/index.html'])
    expect((await stat(join(folder, path))).mode & 0o077, path).toBe(0);
});

it.each(['dump.tar.gz', 'dump.tgz'])(
  '%s holds the same below its name, and nothing is left beside it',
  async (name) => {
    const target = join(folder, 'deep', name);
    await writeDump(target, files, now);
    const { stdout } = await execa('tar', ['-tzf', target]);
    expect(stdout.split('\n')).toEqual(['dump/index.html', 'dump/nodes/n 1/kubelet.log']);
    expect((await stat(target)).mode & 0o077).toBe(0);
    expect(await readdir(join(folder, 'deep'))).toEqual([name]);
  },
);

it('the last ten stay, of whatever cluster', async () => {
  for (let minute = 0; minute < 12; minute += 1) {
    const target = await nameDump(
      folder,
      minute % 2 === 0 ? 'zeta' : 'alpha',
      new Date(Date.UTC(2026, 0, 1, 0, minute)),
    );
    await writeDump(target, files, now);
  }
  const kept = await readdir(join(folder, 'dumps'));
  expect(kept).toHaveLength(10);
  expect(kept).not.toContain('zeta-2026-01-01T00-00-00-000Z');
  expect(kept).not.toContain('alpha-2026-01-01T00-01-00-000Z');
  expect(kept).toContain('zeta-2026-01-01T00-02-00-000Z');
});
