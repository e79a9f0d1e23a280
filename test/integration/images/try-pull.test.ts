import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { Engine } from '../../../src/engine/types.js';
import { tryPull } from '../../../src/images/try-pull.js';
import { testImage } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { bareEnvironment } from '../engine/support/engine-environment.js';

describeWithLab(
  'integration',
  'whether a registry answers',
  { profile: 'dual', engine: { seed: false } },
  (fixture) => {
    let engine: Engine;
    const lines: string[] = [];
    const pull = (reference: string) =>
      tryPull(engine, reference, { signal: new AbortController().signal, onLine: (line) => lines.push(line) });
    beforeAll(async () => {
      engine = await connectSocket((fixture.lab.engineEndpoint ?? '').slice('unix://'.length), bareEnvironment);
    });

    it('one that does: the image is there', async () => {
      expect(await pull(testImage.reference)).toEqual({ pulled: true });
      expect(await engine.findImage(testImage.reference)).toBeDefined();
      expect(lines.length).toBeGreaterThan(0);
    });

    it('one that cannot be found by name, or does not answer within seconds: why', async () => {
      const nobody = await pull('docker.io/library/debian:trixie-slim');
      expect(nobody).toMatchObject({ pulled: false, reason: expect.stringMatching(/no such host|server misbehaving/) });
      const start = performance.now();
      expect(await pull('drop.test/image:1')).toMatchObject({ pulled: false });
      expect(performance.now() - start).toBeLessThan(13_000);
    });

    // Should fail (not tried) with a single try in pullPatiently.
    it('one that fails for a moment: the image, at the second or third try', async () => {
      const { servers } = fixture.lab;
      await engine.removeImage(testImage.reference);
      await servers.stop('registry');
      const pulled = pull(testImage.reference);
      await sleep(1500);
      await servers.start('registry');
      expect(await pulled).toEqual({ pulled: true });
    });

    it('one that is out of order is no absent one: an error after some tries, and nothing to build instead', async () => {
      const { servers } = fixture.lab;
      await engine.removeImage(testImage.reference);
      await servers.stop('registry');
      await expect(pull(testImage.reference)).rejects.toMatchObject({
        code: 'pull-failed',
        observed: expect.stringContaining('502'),
      });
      await servers.start('registry');
    });

    it('a refusal is an answer', async () => {
      await expect(pull(`${testImage.registry}/${testImage.repository}:no-such-tag`)).rejects.toMatchObject({
        code: 'image-absent',
      });
    });
  },
);
