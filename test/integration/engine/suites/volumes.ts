import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/types.js';
import { sleeper, testLabels } from '../support/busybox-image.js';
import { failure, freshName, withContainer, withVolume } from '../support/scratch.js';

export function volumeSuite(engine: () => Engine): void {
  it('makes, finds, lists by label and removes', async () => {
    const name = freshName('volume');
    const made = await engine().createVolume(name, { ...testLabels, 'test.name': name });
    expect(made).toMatchObject({ name, labels: { ...testLabels, 'test.name': name } });
    expect(Date.parse(made.createdAt)).toBeGreaterThan(0);
    expect(await engine().findVolume(name)).toEqual(made);
    expect((await engine().listVolumes({ 'test.name': name })).map((volume) => volume.name)).toEqual([name]);
    expect((await engine().listVolumes({ 'test.name': undefined })).map((volume) => volume.name)).toContain(name);
    expect(await engine().createVolume(name, { other: 'label' })).toEqual(made);
    await engine().removeVolume(name);
    expect(await engine().findVolume(name)).toBeUndefined();
    await engine().removeVolume(name);
  });

  it('does not remove a volume in use', async () => {
    await using volume = await withVolume(engine());
    await using container = await withContainer(
      engine(),
      { ...sleeper, mounts: [{ type: 'volume', source: volume.name, target: '/data' }] },
      false,
    );
    expect(container.mounts).toEqual([{ type: 'volume', source: volume.name, target: '/data', readOnly: false }]);
    expect(await failure(engine().removeVolume(volume.name))).toMatchObject({ code: 'engine-object-in-use' });
  });

  it('leaves out an optional bind whose folder the engine host does not have, and makes none', async () => {
    const absent = { type: 'bind' as const, source: '/nonexistent/modules', target: '/lib/modules', readOnly: true };
    const there = { type: 'bind' as const, source: '/etc', target: '/host-etc', readOnly: true };
    expect(await failure(engine().createContainer({ ...sleeper, mounts: [absent] }))).toMatchObject({
      observed: expect.stringContaining('/nonexistent/modules') as string,
    });
    const mounts = [
      { ...absent, optional: true },
      { ...there, optional: true },
    ];
    await using container = await withContainer(engine(), { ...sleeper, mounts });
    expect(container.mounts.map(({ target }) => target)).toEqual(['/host-etc']);
    expect(await failure(engine().createContainer({ ...sleeper, mounts: [absent] }))).toMatchObject({
      observed: expect.stringContaining('/nonexistent/modules') as string,
    });
  });

  it('removes anonymous volumes with their container and copies nothing into one with noCopy', async () => {
    const mounts = [
      { type: 'volume' as const, target: '/etc', noCopy: true },
      { type: 'volume' as const, target: '/var' },
    ];
    const before = (await engine().listVolumes({})).length;
    {
      await using container = await withContainer(engine(), { ...sleeper, mounts });
      expect(container.mounts).toContainEqual({
        type: 'volume',
        source: expect.any(String) as string,
        target: '/var',
        readOnly: false,
      });
      expect((await engine().listVolumes({})).length).toBe(before + 2);
      expect((await engine().exec(container.name, ['ls', '/etc/passwd'])).exitCode).toBe(1);
    }
    expect((await engine().listVolumes({})).length).toBe(before);
  });
}
