import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/types.js';
import { sleeper } from '../support/busybox-image.js';
import { failure, freshName, withContainer, withVolume } from '../support/scratch.js';

export function fileSuite(engine: () => Engine): void {
  const files = [
    { path: 'plain', content: 'text\n' },
    { path: 'deep/er/binary', content: Buffer.from([0, 1, 255]), mode: 0o755 },
    { path: 'link', content: '', link: 'deep/er/binary' },
    { path: 'empty/', content: '', mode: 0o700 },
  ];

  for (const started of [false, true]) {
    it(`puts files into a ${started ? 'running' : 'created'} container, with parents, modes and links, and reads them`, async () => {
      await using container = await withContainer(engine(), sleeper, started);
      await engine().putFiles(container.name, '/new/folder', files);
      await engine().putFiles(container.name, '/new/folder', [{ path: 'plain', content: 'replaced\n' }]);
      expect((await engine().readFile(container.name, '/new/folder/plain'))?.toString()).toBe('replaced\n');
      expect(await engine().readFile(container.name, '/new/folder/link')).toEqual(Buffer.from([0, 1, 255]));
      expect(await engine().readFile(container.name, '/new/folder/absent')).toBeUndefined();
      expect(await engine().readFile(container.name, '/no/such/folder/absent')).toBeUndefined();
      expect(await failure(engine().readFile(container.name, '/new'))).toMatchObject({ code: 'not-a-file' });
      const all = (await engine().readFiles(container.name, '/new/folder')) ?? [];
      expect(all.map(({ path, mode, content }) => [path, mode, content.toString()]).sort()).toEqual([
        ['deep/er/binary', 0o755, Buffer.from([0, 1, 255]).toString()],
        ['plain', 0o644, 'replaced\n'],
      ]);
      expect(await engine().readFiles(container.name, '/no/such/folder')).toBeUndefined();
      expect(await engine().readFiles('no-such-container', '/new/folder')).toBeUndefined();
      if (!started) await engine().startContainer(container.name);
      const { stdout } = await engine().exec(container.name, [
        'sh',
        '-c',
        'cd /new/folder; stat -c "%a %u:%g %F %n" plain deep/er/binary empty .; readlink link',
      ]);
      expect(stdout.split('\n')).toEqual([
        '644 0:0 regular file plain',
        '755 0:0 regular file deep/er/binary',
        '700 0:0 directory empty',
        '755 0:0 directory .',
        'deep/er/binary',
        '',
      ]);
    });
  }

  it('puts files into a volume of a container with a read-only root, before its first start', async () => {
    await using volume = await withVolume(engine());
    const spec = {
      ...sleeper,
      readOnlyRoot: true,
      mounts: [{ type: 'volume' as const, source: volume.name, target: '/etc/dind64' }],
    };
    await using container = await withContainer(engine(), spec, false);
    await engine().putFiles(container.name, '/etc/dind64', [{ path: 'sub/conf', content: 'a=b\n' }]);
    await engine().startContainer(container.name);
    expect((await engine().exec(container.name, ['cat', '/etc/dind64/sub/conf'])).stdout).toBe('a=b\n');
    expect(await failure(engine().putFiles(container.name, '/elsewhere', [{ path: 'x', content: '' }]))).toMatchObject({
      observed: expect.stringMatching(/read-only/),
    });
  });

  it('puts a large file', async () => {
    await using container = await withContainer(engine(), sleeper, false);
    const content = Buffer.alloc(40_000_000, 'dind64 ');
    await engine().putFiles(container.name, '/', [{ path: 'tmp/large', content }]);
    expect((await engine().readFile(container.name, '/tmp/large'))?.equals(content)).toBe(true);
  });

  it('says that the container is not there', async () => {
    const name = freshName('absent');
    expect(await failure(engine().putFiles(name, '/x', files))).toMatchObject({
      code: 'engine-object-absent',
      doing: `putting files into ${name}:/x`,
    });
  });
}
