import { expect, test } from 'vitest';
import { listHostChanges } from '../../../src/host/record.js';
import { restoreHost } from '../../../src/host/restore.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { describeWithLab } from '../../support/lab.js';
import { cleanHost, engineChoice, guardHost, missingParts, recordOf, useHost } from './support.js';

describeWithLab(
  'integration',
  'two clusters on one engine host',
  { profile: 'dual', ipv6Setup: 'router-advertisement', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const cidrs = { one: 'fd00:24::/64', two: 'fd00:25::/64' };
    const forwarding = (): Promise<string> =>
      box.host.onHost('cat /proc/sys/net/ipv6/conf/all/forwarding').then((text) => text.trim());
    const bringUp = (name: 'one' | 'two'): Promise<ClusterPlan> =>
      guardHost(box.host, recordOf(box.host, name, cidrs[name]));

    test('what they share stays until the last one goes', async () => {
      const before = await box.host.snapshot();
      const [one, two] = [await bringUp('one'), await bringUp('two')];

      const first = await cleanHost(box.host, one);
      expect(first.restored).toEqual([]);
      expect(first.kept.map(({ change }) => change.kind).sort()).toEqual([
        'accept-ra',
        'forward-policy',
        'ipv6-forwarding',
      ]);
      expect(first.kept.map(({ reason }) => reason)).toEqual(Array<string>(3).fill('the cluster two needs it'));
      expect(await forwarding()).toBe('1');
      expect(await missingParts(box.host.engine, two)).toEqual([]);
      expect(await box.host.onHost('nft list tables; ip -6 rule')).not.toMatch(/DIND64-HOST-one|br-one/);

      expect((await cleanHost(box.host, two)).kept).toEqual([]);
      expect(await box.host.snapshot()).toBe(before);
    });

    test('another IPv6 network of the engine keeps forwarding; the record waits for the next clean', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      const plan = await bringUp('one');
      await engine.createNetwork({
        name: 'shared-other',
        labels: {},
        ipv4: false,
        ipv6: true,
        ipv6Subnet: 'fd00:98::/64',
        options: {},
      });
      const { kept } = await cleanHost(box.host, plan);
      expect(kept.map(({ text }) => text).sort()).toEqual([
        "net.ipv6.conf.all.forwarding, 0 before: left as it is, because the engine's IPv6 network shared-other needs it",
        "net.ipv6.conf.eth0.accept_ra, 1 before: left as it is, because the engine's IPv6 network shared-other needs it",
        "policy of ip6tables FORWARD, ACCEPT before: left as it is, because the engine's IPv6 network shared-other needs it",
      ]);
      expect(await forwarding()).toBe('1');

      await engine.removeNetwork('shared-other');
      expect((await restoreHost(engine, baseImage, 'one')).restored).toHaveLength(3);
      expect(await box.host.snapshot()).toBe(before);
      expect(await listHostChanges(engine, 'one')).toEqual([]);
    });

    test('both at once: one record each, restored by whoever ends last', async () => {
      const before = await box.host.snapshot();
      const plans = await Promise.all([bringUp('one'), bringUp('two')]);
      await Promise.all(plans.map((plan) => cleanHost(box.host, plan)));
      // Each removes what is its own before it looks for others, so whoever looks last finds nobody.
      expect(await box.host.snapshot()).toBe(before);
    });
  },
);
