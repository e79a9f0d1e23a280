import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import { ensureEngineRootfs } from '../../../src/engine/embedded/rootfs.js';
import { buildEngineJson, startEmbeddedEngine } from '../../../src/engine/embedded/start.js';
import { stopEmbeddedEngine } from '../../../src/engine/embedded/stop.js';
import type { Engine } from '../../../src/engine/types.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';
import { cloneDataRoot } from '../../lab/seed-clone.js';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot).each(['graph', 'containerd'] as const)(
  'a clone of a data root, %s image store (needs root)',
  (store) => {
    let folder: string;
    let rootfs: string;
    const seed = (): string => join(folder, 'seed');
    const clone = (): string => join(folder, 'clone');

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dind64-clone-'));
      rootfs = await ensureEngineRootfs(readLabEnvironment().cacheDir);
      await withEngine(seed(), async (engine) => {
        await engine.importImage(
          execa(
            'tar',
            [
              '-C',
              rootfs,
              '-c',
              './usr/bin',
              './usr/lib',
              './usr/lib64',
              './lib',
              './lib64',
              './bin',
              './etc/debian_version',
            ],
            { buffer: false },
          ).stdout,
          'test/base:1',
          {},
        );
        await engine.buildImage({
          tag: 'test/built:1',
          files: [{ path: 'Dockerfile', content: 'FROM test/base:1\nRUN echo one > /file && echo two > /doomed\n' }],
          buildArgs: {},
          labels: {},
        });
        await engine.createVolume('store', {});
        await engine.run(inContainer('echo in the volume > /store/file'));
      });
    });

    afterAll(async () => {
      await stopEmbeddedEngine({ runDir: join(folder, 'run') });
      await rm(folder, { recursive: true, force: true });
    });

    test('has the images and volumes, and no write of its engine reaches the original', async () => {
      const before = await checksums(seed());
      await cloneDataRoot(seed(), clone());
      await withEngine(clone(), async (engine) => {
        const result = await engine.run(
          inContainer(
            'cat /file /store/file; echo more >> /file; rm /doomed; chmod 600 /etc/debian_version; cat /file; echo new > /store/new',
          ),
        );
        expect(result).toMatchObject({ exitCode: 0, stdout: 'one\nin the volume\none\nmore\n' });
        await engine.buildImage({
          tag: 'test/more:1',
          files: [{ path: 'Dockerfile', content: 'FROM test/built:1\nRUN echo x >> /file\n' }],
          buildArgs: {},
          labels: {},
        });
        await engine.removeImage('test/more:1');
        await engine.removeImage('test/built:1');
        await engine.removeVolume('store');
      });
      expect(await checksums(seed())).toBe(before);
      await withEngine(seed(), async (engine) => {
        expect(await engine.run(inContainer('cat /file /store/file'))).toMatchObject({
          exitCode: 0,
          stdout: 'one\nin the volume\n',
        });
      });
    });

    test("shares the layers' files", async () => {
      await cloneDataRoot(seed(), join(folder, 'another'));
      expect(
        Number((await execa('sh', ['-c', `find ${seed()} -type f -name ls -links +1 | wc -l`])).stdout),
      ).toBeGreaterThan(0);
      expect(Number((await execa('sh', ['-c', `find ${seed()} -type f -name '*.db' -links +1 | wc -l`])).stdout)).toBe(
        0,
      );
    });

    async function withEngine(dataRoot: string, work: (engine: Engine) => Promise<void>): Promise<void> {
      const started = await startEmbeddedEngine({
        rootfs,
        stateDir: folder,
        dataRoot,
        daemonJson: { ...buildEngineJson, features: { 'containerd-snapshotter': store === 'containerd' } },
      });
      try {
        await work(
          await connectSocket(
            started.endpoint.slice('unix://'.length),
            readEnvironment({ HOME: folder }, folder).engine,
          ),
        );
      } finally {
        await started.stop();
      }
    }
  },
);

function inContainer(script: string) {
  return {
    image: 'test/built:1',
    command: ['sh', '-c', script],
    labels: {},
    network: 'none' as const,
    mounts: [{ type: 'volume' as const, source: 'store', target: '/store' }],
  };
}

/** Everything that an engine reads: names, types, modes, owners, times and contents. */
async function checksums(path: string): Promise<string> {
  const script = `find . -printf '%p %y %m %U %G %s %T@ %l\\n' | sort | sha256sum; find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum`;
  return (await execa('sh', ['-c', script], { cwd: path })).stdout;
}
