import { beforeAll, expect, it } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { Engine } from '../../../src/engine/types.js';
import { ensureBuilt } from '../../../src/images/build-recipe.js';
import { readBaseRecipe, readHelperRecipe } from '../../../src/images/catalog.js';
import type { ImageContext } from '../../../src/images/context.js';
import { ensureBaseImage, findBaseImage } from '../../../src/images/ensure.js';
import { listImages, removeImages } from '../../../src/images/list.js';
import { describeWithLab } from '../../support/lab.js';
import { sampleSettings } from '../../support/sample-plan.js';
import { packBusybox } from '../engine/support/busybox-image.js';
import { bareEnvironment } from '../engine/support/engine-environment.js';

describeWithLab(
  'integration',
  'names of images that are made here',
  { profile: 'dual', engine: { seed: false } },
  (fixture) => {
    let engine: Engine;
    let context: ImageContext;
    beforeAll(async () => {
      engine = await connectSocket((fixture.lab.engineEndpoint ?? '').slice('unix://'.length), bareEnvironment);
      context = {
        engine,
        settings: { ...sampleSettings, imageSource: 'build' },
        paths: { cache: '/nonexistent', state: '/nonexistent' },
        engineEnv: bareEnvironment,
        reporter: { report: () => undefined, close: () => undefined },
        signal: new AbortController().signal,
      };
    });

    // Should fail (not tried) with `dind64/` as localNames: the engine then looks for registry-1.docker.io.
    it('a build on a base image that is gone asks the engine host itself, and no registry', async () => {
      const { reference: base } = await readBaseRecipe('');
      const recipe = await readHelperRecipe('api', base);
      const lines: string[] = [];
      const failure: unknown = await ensureBuilt(context, recipe, (line) => lines.push(line)).catch(
        (error: unknown) => error,
      );
      const said = [String((failure as { observed?: string }).observed), ...lines].join('\n');
      expect(said).toMatch(/https?:\/\/localhost\/v2\//);
      expect(said).not.toMatch(/docker\.io/);
    });

    // Should fail (not tried) without ensureNamed in ensureBaseImage (it builds, and the lab has no package registry).
    it('an image of a former dind64 gets its name of now, keeps the other, and goes with it', async () => {
      const recipe = await readBaseRecipe('');
      const former = recipe.reference.replace('localhost/', '');
      const { id } = await engine.importImage(await packBusybox(), former, recipe.labels);
      expect(await findBaseImage(engine)).toBe(former);
      expect(await ensureBaseImage(context)).toBe(recipe.reference);
      expect(await findBaseImage(engine)).toBe(recipe.reference);
      expect((await engine.findImage(recipe.reference))?.id).toBe(id);
      expect((await listImages(engine)).map(({ reference }) => reference)).toEqual([former, recipe.reference]);
      expect((await removeImages(engine)).removed.sort()).toEqual([former, recipe.reference]);
      expect(await engine.findImage(id)).toBeUndefined();
    });

    // Should fail (not tried) without the comparison of labels in findMade.
    it("somebody else's image by such a name is not taken", async () => {
      const recipe = await readBaseRecipe('');
      const former = recipe.reference.replace('localhost/', '');
      await engine.importImage(await packBusybox(), former, {});
      expect(await findBaseImage(engine)).toBeUndefined();
      await engine.removeImage(former);
    });
  },
);
