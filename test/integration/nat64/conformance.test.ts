import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases } from '../../nat64/cases/all.js';
import { startPacketDriver, type PacketDriver } from '../../nat64/packet-driver.js';
import { engines, startStage, type Stage } from '../../nat64/stage.js';
import { findObstacle, isRequired } from '../../support/lab.js';

/**
 * RFC 7915's translation tables, line by line, as packets on the wire; test/nat64/cases has the table. A difference that is listed there for an
 * engine is expected of it: an engine that becomes right fails here as well, until the list says so.
 * Seen to fail: with `icmpv6 type time-exceeded drop` in the container's rules (the lines of that type); in images/nat64/bpf with one ICMP code taken
 * out (its line), the pseudo-header's sum off by one (echo replies), the UDP checksum not adjusted (142 lines).
 */
const obstacle = findObstacle();
for (const engine of engines) {
  describe.skipIf(obstacle !== undefined && !isRequired('integration'))(
    `translation by ${engine}${obstacle === undefined ? '' : ` (${obstacle})`}`,
    () => {
      let stage: Stage;
      let driver: PacketDriver;
      beforeAll(async () => {
        stage = await startStage({ engine, ends: 'raw' });
        driver = await startPacketDriver(stage);
      });
      afterAll(async () => {
        await driver?.[Symbol.asyncDispose]();
        await stage?.stop();
      });

      for (const one of cases) {
        const difference = one.differs?.[engine];
        it(`${one.rfc}: ${one.what}${difference === undefined ? '' : ` (differs: ${difference.because})`}`, async () => {
          const { problems, sent } = await driver.run(one, engine);
          expect(problems.join('\n'), `sent ${(sent ?? []).join('\n')}`).toBe('');
        });
      }

      it('still runs after all that', () => {
        expect(stage.translator()).toMatchObject({ running: true });
      });
    },
  );
}
