import { mkdtemp, open, readdir, chmod, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { Engine } from '../../../src/engine/types.js';
import { loadFromCache, saveToCache } from '../../../src/images/archive-cache.js';
import type { ImageContext } from '../../../src/images/context.js';
import type { ProgressEvent } from '../../../src/progress/types.js';
import { describeWithLab } from '../../support/lab.js';
import { sampleSettings } from '../../support/sample-plan.js';
import { packBusybox } from '../engine/support/busybox-image.js';
import { bareEnvironment } from '../engine/support/engine-environment.js';

const reference = 'localhost/dind64/kubernetes:0123456789ab';

// Not yet tried: without findFault each of the faults should be loaded, and without its report the notice be missing.
describeWithLab(
  'integration',
  'archives of components in the cache',
  { profile: 'dual', engine: { seed: false } },
  (fixture) => {
    let engine: Engine;
    let folder: string;
    let context: ImageContext;
    let events: ProgressEvent[];
    let archive: string;
    let digest: string;

    beforeAll(async () => {
      engine = await connectSocket((fixture.lab.engineEndpoint ?? '').slice('unix://'.length), bareEnvironment);
    });
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dind64-archives-'));
      events = [];
      context = {
        engine,
        settings: sampleSettings,
        paths: { cache: join(folder, 'cache'), state: join(folder, 'state') },
        engineEnv: bareEnvironment,
        reporter: { report: (event) => void events.push(event), close: () => undefined },
        signal: new AbortController().signal,
      };
      await engine.importImage(await packBusybox(), reference, {});
      await saveToCache(context, reference);
      await engine.removeImage(reference);
      archive = join(folder, 'cache/images', (await readdir(join(folder, 'cache/images')))[0] ?? '');
      digest = join(folder, 'state/images', (await readdir(join(folder, 'state/images')))[0] ?? '');
    });
    afterEach(async () => {
      await engine.removeImage(reference);
      await rm(folder, { recursive: true });
    });

    it('are loaded as they were saved, and nobody else can write them', async () => {
      expect(archive).toMatch(/\/dind64-kubernetes-0123456789ab-\w+\.tar$/);
      for (const path of [archive, digest]) expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect(await loadFromCache(context, reference)).toBe(true);
      expect(await engine.findImage(reference)).toBeDefined();
      expect(events).toEqual([]);
    });

    it.each<[string, RegExp, () => Promise<void>]>([
      ['cut short', /its SHA-256 is/, async () => truncate(archive, (await stat(archive)).size - 1024)],
      ['altered in one byte', /its SHA-256 is/, () => alter(archive)],
      ['whose digest is not there', /there is no digest of it/, () => rm(digest)],
      ['that others can write', /others than this user/, () => chmod(archive, 0o666)],
    ])('one %s is thrown away with a notice', async (_, why, spoil) => {
      await spoil();
      expect(await loadFromCache(context, reference)).toBe(false);
      expect(await engine.findImage(reference)).toBeUndefined();
      expect(events).toEqual([{ type: 'notice', level: 'warning', text: expect.stringMatching(why) }]);
      expect(await readdir(join(folder, 'cache/images'))).toEqual([]);
      expect(await loadFromCache(context, reference)).toBe(false);
      expect(events).toHaveLength(1);
    });
  },
);

/** In the padding at a tar archive's end, which an engine reads over. */
async function alter(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.write('x', (await file.stat()).size - 1);
  await file.close();
}
