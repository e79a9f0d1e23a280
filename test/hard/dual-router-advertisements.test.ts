import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { readHostState, type HostState } from '../support/host-state.js';

const env = { DIND_NUM_WORKERS: '0', DIND_CHECK_TARGETS: 'dual.test,v4only.test' };
/** Shorter than `up`: a route that is not renewed is gone before a test looks. */
const lifetimeMs = 10_000;

/**
 * The engine host's IPv6 default route comes from router advertisements (a real radvd). Seen to fail with accept_ra left at 1 (planAcceptRa: no device): no route after `up`, none after `clean`.
 */
describeWithCluster(
  'A default route from router advertisements',
  { profile: 'dual', ipv6Setup: 'router-advertisement', advertisedLifetimeMs: lifetimeMs, env, up: false },
  (cluster) => {
    let before: HostState;
    const onHost = async (script: string): Promise<string> =>
      (await cluster.lab.host(['bash', '-c', script])).stdout.trim();
    const acceptRa = (): Promise<string> => onHost('cat /proc/sys/net/ipv6/conf/eth0/accept_ra');
    const defaultRoute = (): Promise<string> => onHost('ip -6 route show default');
    const source = async (): Promise<string> =>
      (await cluster.podEventually('curl -sS --max-time 5 http://dual.test/source', 10_000)).stdout.trim();
    /** Ends when a later advertisement has renewed the route, and the time of the one seen first is over. */
    const outlive = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, lifetimeMs + 1_000));
      expect(await defaultRoute()).toMatch(/^default via fe80::\S+ dev eth0 proto ra .*expires \d+sec/);
    };

    it('with accept_ra 1 it is there after up in mode false, and past its former lifetime', async () => {
      before = await readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);
      expect([await acceptRa(), await defaultRoute()]).toEqual([
        '1',
        expect.stringMatching(/proto ra .*expires \d+sec/),
      ]);
      await cluster.succeed(['up'], { DIND_ALLOW_AAAA_USE: 'false' });
      expect(await acceptRa()).toBe('2');
      await cluster.ensurePods();
      await outlive();
      expect(await source()).toBe(cluster.lab.hostAddresses.ipv4);
    });

    it('in mode true pods leave by it, then and past its former lifetime', async () => {
      await cluster.succeed(['aaaa', 'on']);
      expect(await source()).toBe(cluster.lab.hostAddresses.ipv6);
      await outlive();
      expect(await source()).toBe(cluster.lab.hostAddresses.ipv6);
    });

    it('after clean it is there, is renewed, and accept_ra is 1 again', async () => {
      await cluster.succeed(['clean']);
      expect(await readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`)).toEqual(before);
      await outlive();
      expect(await acceptRa()).toBe('1');
    });

    it('with accept_ra 0, as NetworkManager and networkd set it, it stays 0 and their route stays', async () => {
      const { ipv6 } = cluster.lab.hostAddresses;
      // What they do: the kernel's own address and route go, theirs come.
      await onHost(
        `echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra; ip -6 route flush proto ra; ip -6 addr flush dev eth0 scope global; ip -6 addr add ${ipv6}/64 dev eth0 nodad; ip -6 route add default via fe80::1 dev eth0 proto ra metric 100`,
      );
      const managed = await readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);
      await cluster.succeed(['up'], { DIND_ALLOW_AAAA_USE: 'true' });
      expect(await acceptRa()).toBe('0');
      expect(await defaultRoute()).toBe('default via fe80::1 dev eth0 proto ra metric 100 pref medium');
      await cluster.ensurePods();
      expect(await source()).toBe(ipv6);
      await cluster.succeed(['clean']);
      expect(await readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`)).toEqual(managed);
    });
  },
);
