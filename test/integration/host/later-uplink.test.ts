import { basename } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { listHostChanges } from '../../../src/host/record.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { waitUntil } from '../../../src/wait.js';
import { restartLabEngine } from '../../lab/engine.js';
import { sites } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { cleanHost, engineChoice, guardHost, recordOf, startStandIn, useHost, waitUntilWhole } from './support.js';

/** Type 134, hop limit 64, a default router for half an hour (RFC 4861 4.2); the kernel fills in the checksum. */
const advertisement = '\\206\\0\\0\\0\\100\\0\\007\\010\\0\\0\\0\\0\\0\\0\\0\\0';

describeWithLab(
  'integration',
  'accept_ra, kept by the guard',
  { profile: 'dual', ipv6Setup: 'router-advertisement', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    let plans: ClusterPlan[];
    const acceptRa = (device: string): Promise<string> =>
      box.host.onHost(`cat /proc/sys/net/ipv6/conf/${device}/accept_ra`).then((text) => text.trim());
    const defaultRoute = (device: string): Promise<string> =>
      box.host.onHost(`ip -6 route show default dev ${device}`).then((text) => text.trim());
    const waitForRoute = async (device: string, limitMs: number): Promise<void> =>
      waitUntil({ condition: `${device} has a default route`, limitMs, intervalMs: 100 }, async () => {
        const seen = await defaultRoute(device);
        return seen.includes('proto ra') ? { done: undefined } : { seen };
      });
    const inLab = async (where: 'host' | 'internet', script: string): Promise<void> => {
      expect(await fixture.lab.exec(where, ['sh', '-ec', script])).toMatchObject({ exitCode: 0 });
    };
    /** A link to the internet that somebody plugs in. */
    const plugIn = async (name: string): Promise<void> => {
      const internet = basename(fixture.lab.internetNamespace);
      const { exitCode, stderr } = await fixture.lab.host([
        'sh',
        '-ec',
        `ip link add ${name} type veth peer name wan-${name} netns ${internet}; ip link set ${name} up`,
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      await inLab('internet', `echo 0 > /proc/sys/net/ipv6/conf/wan-${name}/accept_dad; ip link set wan-${name} up`);
    };

    beforeAll(async () => {
      await box.host.onHost('ip -6 route flush proto ra');
      plans = [
        await guardHost(box.host, recordOf(box.host, 'early', 'fd00:24::/64')),
        await guardHost(box.host, recordOf(box.host, 'later', 'fd00:25::/64')),
      ];
    });

    test('an uplink whose route is gone at the moment of `up` is kept all the same, and gets it back at once', async () => {
      await waitForRoute('eth0', 5000);
      expect(await acceptRa('eth0')).toBe('2');
    });

    test('the uplink is plugged in later, while a container keeps sending: it gets out by itself, and nothing with its own address', async () => {
      const [{ nodeNetwork }] = plans as [ClusterPlan];
      const site = sites['v6only.test']?.ipv6 ?? '';
      await startStandIn(box.host, 'early-node', nodeNetwork.name);
      await startStandIn(
        box.host,
        'early-sender',
        nodeNetwork.name,
        `while :; do echo datagram > /dev/udp/${site}/9; ping -6 -n -c 1 -W 1 ${site}; sleep 0.05; done > /dev/null 2>&1`,
      );
      const source = async (): Promise<string> =>
        (
          await box.host.engine.exec('early-node', ['curl', '-s', '--max-time', '3', `http://[${site}]/source`])
        ).stdout.trim();
      await fixture.lab.faults.unplug.on();
      await inLab('host', 'ip -6 route flush proto ra; ip -6 addr flush dev eth0 scope global');
      await fixture.lab.resetLeaks();
      expect(await source()).toBe('');
      await fixture.lab.faults.unplug.off();
      await waitForRoute('eth0', 10_000);
      await waitUntil({ condition: 'the node gets out', limitMs: 20_000, intervalMs: 200 }, async () => {
        const seen = await source();
        return seen === fixture.lab.hostAddresses.ipv6 ? { done: undefined } : { seen };
      });
      expect((await fixture.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
      for (const name of ['early-node', 'early-sender']) await box.host.engine.removeContainer(name);
    });

    test('an uplink that appears later takes router advertisements, though forwarding is on', async () => {
      await plugIn('up1');
      // What DHCP does, a moment later.
      await inLab('host', 'ip addr add 198.18.0.2/30 dev up1; ip route add default via 198.18.0.1 dev up1 metric 500');
      await waitUntil({ condition: 'accept_ra of up1 is 2', limitMs: 10_000, intervalMs: 100 }, async () => {
        const seen = await acceptRa('up1');
        return seen === '2' ? { done: undefined } : { seen };
      });
      await inLab(
        'internet',
        `printf '${advertisement}' | socat -u - 'IP6-SENDTO:[ff02::1%wan-up1]:58,setsockopt=41:18:255'`,
      );
      await waitForRoute('up1', 5000);
    });

    test('an interface that is no uplink, as pods have theirs, takes none', async () => {
      await plugIn('pod1');
      await waitUntilWhole(box.host.engine, plans[0] as ClusterPlan);
      await box.host.onHost('sleep 1');
      expect(await acceptRa('pod1')).toBe('1');
    });

    test('without the guard a host loses its IPv6 route when the engine starts after a reboot; with it, it asks for it again at once', async () => {
      const [first, second] = plans as [ClusterPlan, ClusterPlan];
      for (const { host } of [first, second]) await box.host.engine.stopContainer(host.container, 0);
      await restartLabEngine(fixture.lab.instance, 40_000, async () => {
        await inLab(
          'host',
          `for name in all default; do echo 0 > /proc/sys/net/ipv6/conf/$name/forwarding; done
echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_ra
ip -6 route flush proto ra; route=$(ip -4 route show default dev eth0)
ip link set eth0 down; ip link set eth0 up; ip route add $route dev eth0`,
        );
        await waitUntil({ condition: 'the kernel has its route', limitMs: 20_000, intervalMs: 100 }, async () => {
          const { stdout } = await fixture.lab.exec('host', ['ip', '-6', 'route', 'show', 'default', 'dev', 'eth0']);
          return stdout.includes('proto ra') ? { done: undefined } : { seen: stdout };
        });
      });
      expect(await defaultRoute('eth0')).toBe('');
      await box.host.engine.startContainer(second.host.container);
      await waitForRoute('eth0', 5000);
      expect(await acceptRa('eth0')).toBe('2');
      await box.host.engine.startContainer(first.host.container);
    });

    test('the last cluster puts all of it back', async () => {
      const [first, second] = plans as [ClusterPlan, ClusterPlan];
      const { kept } = await cleanHost(box.host, first);
      expect(kept.map(({ text }) => text)).toContainEqual(expect.stringMatching(/accept_ra.*needs it/));
      await cleanHost(box.host, second);
      expect([await acceptRa('eth0'), await acceptRa('up1')]).toEqual(['1', '1']);
      expect(await listHostChanges(box.host.engine, 'later')).toEqual([]);
    });
  },
);
