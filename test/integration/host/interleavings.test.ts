import { beforeAll, beforeEach, expect, test } from 'vitest';
import { withClusterLock } from '../../../src/cluster/lock.js';
import { listHostChanges } from '../../../src/host/record.js';
import { describeWithLab } from '../../support/lab.js';
import { beginUp, clean, type Report, type Up } from './commands.js';
import { engineChoice, recordOf, useHost } from './support.js';

/**
 * `up` and `clean` of clusters that share a host, in every order. Between the parts of an `up` lie its images; a `clean` is held with the host's lock in hand, until
 * the other command waits for that. Seen to fail: the first with facts that recordCluster does not read again, the second and third with findDependents
 * asking for networks only, the others without locks (withLock doing the work at once).
 */
describeWithLab(
  'integration',
  'commands on one engine host at once',
  { profile: 'dual', ipv6Setup: 'router-advertisement', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const cidrs = { one: 'fd00:27::/64', two: 'fd00:28::/64' };
    const begin = (name: 'one' | 'two'): Promise<Up> => beginUp(box.host, recordOf(box.host, name, cidrs[name]));
    const bringUp = async (name: 'one' | 'two'): Promise<void> => {
      const up = await begin(name);
      await up.record();
      await up.makeNetworks();
    };
    const read = (path: string): Promise<string> =>
      box.host.onHost(`cat /proc/sys/net/ipv6/conf/${path}`).then((text) => text.trim());
    /** Cleans one; when that holds the host's lock with everything put back, another begins and gets as far as it can. */
    const duringClean = async <T>(other: (report: Report) => Promise<T>): Promise<T> => {
      let begun: Promise<T> | undefined;
      await clean(box.host, 'one', {
        beforeRelease: async () => {
          await new Promise<void>((resolve) => {
            begun = other((event) => {
              if (event.type === 'started' && event.step === 'lock') resolve();
            });
            void begun.catch(() => undefined).then(() => resolve());
          });
        },
      });
      return begun as Promise<T>;
    };
    let before: string;
    const expectAsBefore = async (): Promise<void> => {
      expect(await listHostChanges(box.host.engine, 'one')).toEqual([]);
      expect(await box.host.snapshot()).toBe(before);
    };

    beforeAll(async () => {
      // What the engine makes with its first network of IPv6 stays.
      await bringUp('one');
      await clean(box.host, 'one');
      before = await box.host.snapshot();
    });
    beforeEach(expectAsBefore);

    test('`clean` of one while `up` of another, which saw forwarding on, makes its images: it is recorded all the same', async () => {
      await bringUp('one');
      const two = await begin('two');
      await clean(box.host, 'one');
      expect(await read('all/forwarding')).toBe('0');
      await two.record();
      expect(await read('eth0/accept_ra')).toBe('2');
      await two.makeNetworks();
      await clean(box.host, 'two');
      await expectAsBefore();
    });

    test('`clean` of one when `up` of another has recorded and has no network yet: it counts, and restores as the last one', async () => {
      await bringUp('one');
      const two = await begin('two');
      await two.record();
      const { kept, restored } = await clean(box.host, 'one');
      expect(restored).toEqual([]);
      expect(new Set(kept.map(({ reason }) => reason))).toEqual(new Set(['the cluster two needs it']));
      await two.makeNetworks();
      expect((await clean(box.host, 'two')).restored).toHaveLength(3);
      await expectAsBefore();
    });

    test('`up` of another saw the host before the first one changed it: the first record stays', async () => {
      const two = await begin('two');
      await bringUp('one');
      await two.record();
      await clean(box.host, 'one');
      await two.makeNetworks();
      expect((await clean(box.host, 'two')).restored).toHaveLength(3);
      await expectAsBefore();
    });

    test('`up` of another while `clean` has put all back and forgotten nothing yet: it waits, and records anew', async () => {
      await bringUp('one');
      const two = await begin('two');
      await duringClean((report) => two.record(report));
      await two.makeNetworks();
      expect(await read('eth0/accept_ra')).toBe('2');
      expect((await clean(box.host, 'two')).restored).toHaveLength(3);
      await expectAsBefore();
    });

    test('two `clean`s of different clusters, the second looks while the first is still there: whoever is last restores', async () => {
      await bringUp('one');
      await bringUp('two');
      const { restored } = await duringClean((report) => clean(box.host, 'two', { report }));
      expect(restored).toHaveLength(3);
      await expectAsBefore();
    });

    test('two `clean`s of one cluster: one does it, and the other one finds nothing', async () => {
      await bringUp('one');
      const { engine, baseImage } = box.host;
      const context = {
        environment: { settings: { clusterName: 'one', timeoutMs: 60_000 } },
        reporter: { report: () => undefined, close: () => undefined },
        log: { info: () => undefined, debug: () => undefined },
        signal: new AbortController().signal,
      };
      const results = await Promise.all(
        [1, 2].map(() => withClusterLock(context as never, engine, baseImage, () => clean(box.host, 'one'))),
      );
      expect(results.map(({ restored }) => restored.length).sort()).toEqual([0, 3]);
      await expectAsBefore();
    });
  },
);
