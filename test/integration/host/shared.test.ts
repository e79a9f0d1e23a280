import { expect, test } from 'vitest';
import { planHostChanges } from '../../../src/host/changes.js';
import { readHostFacts } from '../../../src/host/facts.js';
import { prepareHost } from '../../../src/host/prepare.js';
import { listHostChanges } from '../../../src/host/record.js';
import { restoreHost } from '../../../src/host/restore.js';
import { checkHostRules, ensureHostRules, removeHostRules } from '../../../src/host/rules.js';
import { describeWithLab } from '../../support/lab.js';
import { createNodeNetwork, engineChoice, planTestHost, useHost } from './support.js';

describeWithLab(
  'integration',
  'two clusters on one engine host',
  { profile: 'dual', ipv6Setup: 'router-advertisement', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const plans = { one: planTestHost('one', 'fd00:24::/64'), two: planTestHost('two', 'fd00:25::/64') };
    const forwarding = (): Promise<string> =>
      box.host.onHost('cat /proc/sys/net/ipv6/conf/all/forwarding').then((text) => text.trim());
    const targetOf = (name: 'one' | 'two') =>
      ({ host: plans[name], firewallBackend: 'iptables', rulesBackend: 'nft' }) as const;

    async function bringUp(name: 'one' | 'two'): Promise<string> {
      const { engine, baseImage } = box.host;
      await prepareHost(engine, baseImage, {
        clusterName: name,
        changes: planHostChanges(await readHostFacts(engine, baseImage)),
        firewallBackend: 'iptables',
      });
      const network = await createNodeNetwork(engine, name, plans[name]);
      await ensureHostRules(engine, baseImage, { clusterName: name, ...targetOf(name) });
      return network;
    }

    const removeRules = (name: 'one' | 'two'): Promise<void> =>
      removeHostRules(box.host.engine, box.host.baseImage, { clusterName: name, chains: plans[name].chains });

    test('what they share stays until the last one goes', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      const [networkOne, networkTwo] = [await bringUp('one'), await bringUp('two')];

      await engine.removeNetwork(networkOne);
      await removeRules('one');
      const first = await restoreHost(engine, baseImage, 'one');
      expect(first.restored).toEqual([]);
      expect(first.kept.map(({ change }) => change.kind).sort()).toEqual([
        'accept-ra',
        'forward-policy',
        'ipv6-forwarding',
      ]);
      expect(first.kept.map(({ reason }) => reason)).toEqual(Array<string>(3).fill('the cluster two needs it'));
      expect(await forwarding()).toBe('1');
      expect((await checkHostRules(engine, baseImage, targetOf('two'))).every(({ present }) => present)).toBe(true);
      expect((await checkHostRules(engine, baseImage, targetOf('one'))).some(({ present }) => present)).toBe(false);

      await engine.removeNetwork(networkTwo);
      await removeRules('two');
      expect((await restoreHost(engine, baseImage, 'two')).kept).toEqual([]);
      expect(await box.host.snapshot()).toBe(before);
    });

    test('another IPv6 network of the engine keeps forwarding; the record waits for the next clean', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      const network = await bringUp('one');
      await engine.createNetwork({
        name: 'shared-other',
        labels: {},
        ipv4: false,
        ipv6: true,
        ipv6Subnet: 'fd00:98::/64',
        options: {},
      });
      await engine.removeNetwork(network);
      await removeRules('one');
      const { kept } = await restoreHost(engine, baseImage, 'one');
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
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      const networks = await Promise.all([bringUp('one'), bringUp('two')]);
      for (const name of networks) await engine.removeNetwork(name);
      await Promise.all([removeRules('one'), removeRules('two')]);
      await Promise.all([restoreHost(engine, baseImage, 'one'), restoreHost(engine, baseImage, 'two')]);
      // Each removes what is its own before it looks for others, so whoever looks last finds nobody.
      expect(await box.host.snapshot()).toBe(before);
    });
  },
);
