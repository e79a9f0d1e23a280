import { expect, test } from 'vitest';
import { judgeIpv6Egress, probeHostEgress } from '../../../src/checks/host-egress.js';
import { describeWithLab } from '../../support/lab.js';
import { engineChoice, useHost } from './support.js';

describeWithLab(
  'integration',
  "the probe of the engine host's own IPv6",
  { profile: 'dual', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);

    test('one that answers is enough, IPv4-only names are none', async () => {
      const options = { attemptMs: 2000, signal: AbortSignal.timeout(60_000) };
      const probe = async (...names: string[]): Promise<ReturnType<typeof judgeIpv6Egress>> =>
        judgeIpv6Egress(
          await probeHostEgress(
            box.host.engine,
            box.host.baseImage,
            names.map((name) => ({ name })),
            options,
          ),
        );
      expect(await probe('drop.test', 'v4only.test', 'dual.test')).toMatchObject({
        ok: true,
        reason: expect.stringContaining('dual.test') as string,
      });
      expect(await probe('v4only.test')).toEqual({
        ok: false,
        reason: 'the engine host found no IPv6 address of v4only.test',
      });
      expect(await probe('drop.test')).toMatchObject({
        ok: false,
        reason: expect.stringContaining('timed out') as string,
      });
    });
  },
);
