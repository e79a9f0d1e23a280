import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { DindError } from '../../../../src/errors.js';
import type { Engine } from '../../../../src/engine/types.js';
import { busyboxTag, packBusybox, testLabels } from '../support/busybox-image.js';
import { failure, freshName } from '../support/scratch.js';

export function imageSuite(engine: () => Engine): void {
  it('imports a root filesystem with labels of any text, finds and lists it', async () => {
    const tag = `${freshName('image')}:1`;
    const labels = { ...testLabels, 'test.text': 'a $HOME "b" \\ c', 'test.tag': tag };
    const image = await engine().importImage(await packBusybox(), tag, labels);
    expect(image).toMatchObject({ tags: [tag], labels });
    expect(image.sizeBytes).toBeGreaterThan(100_000);
    expect(Date.parse(image.createdAt)).toBeGreaterThan(0);
    expect((await engine().findImage(tag))?.id).toBe(image.id);
    expect((await engine().listImages({ 'test.tag': tag })).map(({ id }) => id)).toEqual([image.id]);
    expect(await engine().listImages({ 'test.tag': 'other' })).toEqual([]);
    await engine().removeImage(tag);
    expect(await engine().findImage(tag)).toBeUndefined();
    await engine().removeImage(tag);
  });

  it('gives an image a further name', async () => {
    const tag = `${freshName('image')}:1`;
    const further = `localhost/${freshName('further')}:2`;
    const { id } = await engine().importImage(await packBusybox(), tag, testLabels);
    await engine().tagImage(tag, further);
    await engine().removeImage(tag);
    expect(await engine().findImage(further)).toMatchObject({ id, tags: [further] });
    await engine().removeImage(further);
  });

  it('ends an import whose source fails, with the reason', async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error('the tarball broke off'));
      },
    });
    expect(await failure(engine().importImage(broken, `${freshName('image')}:1`, {}))).toMatchObject({
      name: 'DindError',
      observed: 'the tarball broke off',
    });
    expect(
      await failure<DindError>(engine().importImage(Readable.from(['no tar at all']), `${freshName('image')}:1`, {})),
    ).toMatchObject({ name: 'DindError' });
  });

  it('saves images to an archive and loads them again', async () => {
    const tags = [`${freshName('image')}:1`, `${freshName('image')}:2`];
    for (const [index, tag] of tags.entries())
      await engine().importImage(await packBusybox([{ path: 'etc/which', content: String(index) }]), tag, testLabels);
    const archive: Buffer[] = [];
    for await (const chunk of await engine().saveImages(tags)) archive.push(chunk as Buffer);
    for (const tag of tags) await engine().removeImage(tag);
    expect((await engine().loadImages(Readable.from(archive))).sort()).toEqual([...tags].sort());
    for (const tag of tags) {
      expect((await engine().findImage(tag))?.labels).toMatchObject(testLabels);
      await engine().removeImage(tag);
    }
  });

  it('says that an image to save is not there', async () => {
    const name = freshName('absent');
    const error = await failure<DindError>(engine().saveImages([`${name}:1`]));
    expect(error.code).toBe('engine-object-absent');
    expect(error.message).toContain(name);
  });

  it('does not remove an image that a container uses', async () => {
    const container = await engine().createContainer({
      image: busyboxTag,
      labels: testLabels,
      network: 'none',
      command: ['true'],
    });
    const image = await engine().findImage(busyboxTag);
    expect(await failure(engine().removeImage(image?.id ?? ''))).toMatchObject({ code: 'engine-object-in-use' });
    await engine().removeContainer(container.name);
  });
}
