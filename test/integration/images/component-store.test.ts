import { describe, expect, it } from 'vitest';
import { ensureComponentStore } from '../../../src/images/component-store.js';
import { listImages, removeImages } from '../../../src/images/list.js';
import { ensureNodeImage } from '../../../src/images/node-image.js';
import type { Settings } from '../../../src/settings/types.js';
import { describeWithLab } from '../../support/lab.js';
import { useImages } from './support.js';

describeWithLab(
  'integration',
  'the node image and the component store',
  { profile: 'dual', engine: true },
  (fixture) => {
    const images = useImages(fixture);
    const ensure = () =>
      ensureComponentStore(images.bench.context, {
        nodeImage: images.bench.images.node,
        base: images.bench.images.base,
      });

    describe('the node image', () => {
      const choose = (settings: Partial<Settings>) =>
        ensureNodeImage(
          { ...images.bench.context, settings: { ...images.bench.context.settings, ...settings } },
          images.bench.images.base,
        );

      it('is the own one when it is there, without asking a registry', async () => {
        expect(await choose({ imageSource: 'auto' })).toEqual({
          reference: images.bench.images.node,
          result: 'unchanged',
        });
      });

      it('is the given one, or an error about it', async () => {
        expect(await choose({ nodeImage: images.bench.images.base })).toEqual({
          reference: images.bench.images.base,
          result: 'unchanged',
        });
        await expect(choose({ nodeImage: 'registry.test/lab/no-such-node:1' })).rejects.toMatchObject({
          code: expect.stringMatching(/image-absent|registry-denied/) as string,
        });
      });

      it('of an unknown version is an error that names the known ones', async () => {
        await expect(choose({ imageSource: 'pull', k8sVersion: '1.20' })).rejects.toMatchObject({
          code: 'node-image-unknown',
          hint: expect.stringContaining('1.37') as string,
        });
        await expect(choose({ k8sVersion: '1.20' })).rejects.toMatchObject({ code: 'k8s-version-unknown' });
      });
    });

    it('is found when it is there, without a container', async () => {
      expect(await ensure()).toMatchObject({
        result: 'unchanged',
        volume: images.bench.images.componentStore,
        kubernetesVersion: 'v1.37.2',
      });
      expect(await images.bench.engine.listContainers({})).toEqual([]);
    });

    it('is made anew after its volume was lost, once, by two at the same time', async () => {
      const { componentStore } = images.bench.images;
      await images.bench.engine.removeVolume(componentStore);
      const [one, other] = await Promise.all([ensure(), ensure()]);
      expect(one).toMatchObject({ volume: componentStore });
      expect({ ...other, result: '' }).toEqual({ ...one, result: '' });
      expect(one.images).toEqual([...images.bench.images.componentImages]);
      expect(await images.bench.engine.listContainers({})).toEqual([]);
    });

    it('is made by whoever comes after one that was killed', async () => {
      const { engine, images: set } = images.bench;
      await engine.removeVolume(`${set.componentStore}-complete`);
      await engine.removeVolume(set.componentStore);
      await engine.createContainer({
        name: set.componentStore,
        image: set.base,
        command: ['false'],
        labels: {},
        network: 'none',
      });
      await engine.startContainer(set.componentStore);
      expect(await ensure()).toMatchObject({ result: 'done' });
    });

    it('goes with the images', async () => {
      const { engine, images: set } = images.bench;
      expect((await listImages(engine)).map(({ reference }) => reference)).toEqual(
        expect.arrayContaining([set.base, set.node, set.dns64, set.nat64, set.api]),
      );
      expect((await removeImages(engine)).kept).toEqual([]);
      expect(await listImages(engine)).toEqual([]);
      expect(await engine.findVolume(set.componentStore)).toBeUndefined();
    });
  },
);
