import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { restartLabEngine } from '../lab/engine.js';
import { describeWithCluster } from '../support/cluster.js';
import { openFirewallPrograms, type FirewallPrograms } from '../support/firewalls.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };

/**
 * Debian's own ufw and firewalld on the engine host, as they are after their installation; and an engine whose rules are iptables-legacy's.
 * The one on iptables-legacy was not run to its end yet.
 */
describeWithCluster('ufw, firewalld and iptables-legacy', { profile: 'dual', env, up: false }, (cluster) => {
  let firewalls: FirewallPrograms;
  beforeAll(async () => {
    firewalls = await openFirewallPrograms(cluster.lab);
  });
  afterEach(async () => {
    await cluster.dind64(['clean']);
  });
  afterAll(async () => {
    await firewalls[Symbol.asyncDispose]();
  });

  const sources = async (): Promise<string[]> =>
    (
      await cluster.pod(
        'for site in v4only dual v6only; do curl -sS --max-time 10 http://$site.test/source || echo none; done',
      )
    ).stdout
      .trim()
      .split('\n');
  const expected = (): (string | undefined)[] => [
    cluster.lab.hostAddresses.ipv4,
    cluster.lab.hostAddresses.ipv6,
    cluster.lab.hostAddresses.ipv6,
  ];

  it('ufw, which denies what is forwarded: the cluster works, also after ufw was reloaded, and clean leaves its rules alone', async () => {
    // Its first start leaves out a part of its own rules, which a reload brings.
    await firewalls.run('ufw --force enable; ufw reload');
    expect(await firewalls.run('ufw status verbose')).toContain('deny (routed)');
    const save = (): Promise<string> =>
      firewalls.run(
        'for tool in iptables ip6tables; do $tool-save -t filter; done | grep -v "^#" | sed "s/\\[[0-9:]*\\]//"',
      );
    const before = await save();
    await cluster.succeed(['up'], env);
    await cluster.ensurePods();
    expect(await sources()).toEqual(expected());
    await firewalls.run('ufw reload');
    expect(await sources()).toEqual(expected());
    await cluster.succeed(['clean']);
    expect(await save()).toBe(before);
    await firewalls.run('ufw --force disable');
  });

  describe('firewalld, which rejects what is forwarded between zones', () => {
    beforeAll(() =>
      firewalls.run(
        'dbus-daemon --system --fork --nopidfile; firewalld --nofork >/tmp/firewalld.log 2>&1 & until firewall-cmd --state 2>/dev/null; do sleep 0.2; done',
      ),
    );
    afterAll(() =>
      firewalls.run(
        'pkill firewalld; while pgrep firewalld; do sleep 0.2; done; nft delete table inet firewalld 2>/dev/null || true',
      ),
    );

    it('is named with its rule before anything is made; with the remedy that is told the cluster works', async () => {
      for (const family of ['IPv4', 'IPv6']) {
        const { exitCode, stderr } = await cluster.dind64(['up'], env);
        expect({ exitCode, stderr }).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(
            /table inet firewalld of firewalld, chain filter_FORWARD_?\w*: .*(reject|drop)/,
          ) as unknown,
        });
        expect(stderr).toContain(
          'firewall-cmd --permanent --zone=trusted --add-interface=br-NAME && firewall-cmd --reload',
        );
        const bridge = new RegExp(`over ${family} \\(from bridge (br-\\S+) to eth0\\)`).exec(stderr)?.[1];
        expect(bridge, stderr).toBeDefined();
        await firewalls.run(
          `firewall-cmd --permanent --zone=trusted --add-interface=${bridge} && firewall-cmd --reload`,
        );
      }
      // Its strict filter of ways back concerns what passes a bridge where the host filters that.
      if ((await firewalls.run('cat /proc/sys/net/bridge/bridge-nf-call-ip6tables || echo 0')).trim() === '1') {
        const { exitCode, stderr } = await cluster.dind64(['up'], env);
        expect({ exitCode, stderr }).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(/fib saddr .*drop\s+ends what NAT64 and pods of other nodes send/) as unknown,
        });
        const remedy = /sed -i .*IPv6_rpfilter=loose.*firewall-cmd --reload/.exec(stderr)?.[0];
        expect(remedy, stderr).toBeDefined();
        await firewalls.run(remedy ?? '');
      }
      await cluster.succeed(['up'], env);
      await cluster.ensurePods();
      expect(await sources()).toEqual(expected());
      await cluster.lab.resetLeaks();
      await firewalls.run('firewall-cmd --reload');
      await cluster.podEventually('curl -sS --max-time 5 http://v6only.test/source', 20_000);
      expect(await sources()).toEqual(expected());
      expect((await cluster.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
    });
  });

  it('an engine that has come to use iptables-legacy: the cluster works, and nothing of dind64 stands there', async () => {
    // An engine takes the backend that has rules.
    await firewalls.run(
      'nft flush ruleset; for tool in iptables ip6tables; do $tool-legacy -A INPUT -i lo -j ACCEPT; done',
    );
    await restartLabEngine(cluster.lab.instance);
    const save = (): Promise<string> => firewalls.run('ip6tables-legacy-save');
    expect(await save()).toContain(':DOCKER');
    await cluster.succeed(['up'], env);
    await cluster.ensurePods();
    expect(await save()).not.toContain('DIND64');
    expect(await sources()).toEqual(expected());
    // The other backend's policy drops what the engine's lets through.
    await firewalls.run('ip6tables-nft -P FORWARD DROP');
    const { exitCode, stderr } = await cluster.dind64(['up'], env);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('table ip6 filter') as unknown,
    });
    await firewalls.run('ip6tables-nft -P FORWARD ACCEPT');
    await cluster.succeed(['clean']);
    expect(await firewalls.run('nft list ruleset')).not.toContain('DIND64');
  });
});
