import { afterEach, expect, it } from 'vitest';
import { packetRules, runOnHost } from '../../src/host/run-on-host.js';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };

/**
 * Firewalls of others on the engine host: the cluster works with them, or `up` names table and rule before it makes anything. Seen to fail without
 * `refuseFirewalls`. Not tried: one that takes every drop for a sure one, rules appended to FORWARD (unit and integration tests have these).
 */
describeWithCluster('Firewalls of others', { profile: 'dual', env, up: false }, (cluster) => {
  const nft = async (text: string): Promise<void> => {
    const { exitCode, stderr } = await cluster.lab.exec('host', ['nft', '-f', '-'], { stdin: text });
    expect(exitCode, stderr).toBe(0);
  };
  const onHost = async (script: string): Promise<string> =>
    (
      await runOnHost(cluster.engine, await cluster.baseImage(), {
        doing: 'changing rules',
        script: `set -e\n${script}`,
        capabilities: packetRules,
      })
    ).stdout;
  const listObjects = async (): Promise<unknown[]> => [
    await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined }),
    (await cluster.engine.listNetworks()).map(({ name }) => name).sort(),
    await cluster.engine.listVolumes({ 'dev.dind64.cluster': undefined }),
  ];

  afterEach(async () => {
    await cluster.lab.exec('host', ['sh', '-c', 'nft delete table inet strict; nft delete table ip strict']);
  });

  const refused = async (more: Record<string, string> = {}): Promise<string> => {
    const before = await listObjects();
    const { exitCode, stderr } = await cluster.dind64(['up'], { ...env, ...more });
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('looking at the firewalls') as unknown,
    });
    expect(await listObjects()).toEqual(before);
    return stderr;
  };

  it('a table whose policy drops: refused in both modes, since NAT64 leaves over IPv4', async () => {
    await nft(
      'table inet strict {\n chain forward {\n type filter hook forward priority 10; policy drop;\n ct state established,related accept\n iifname "lan0" accept\n }\n}\n',
    );
    expect(await refused()).toContain('table inet strict, chain forward: policy drop');
    const { stderr } = await cluster.dind64(['up'], { ...env, DIND_ALLOW_AAAA_USE: 'false' });
    expect(stderr).toMatch(
      /table inet strict, chain forward: policy drop\n\s+ends what the cluster sends over IPv4 \(from bridge br-eg-\w+ to eth0\)/,
    );
    expect(stderr).toContain('nft insert rule inet strict forward');
  });

  it('a chain that is jumped to and rejects IPv6: its rule is named', async () => {
    await nft(
      'table inet strict {\n chain deny {\n meta nfproto ipv6 reject with icmpx admin-prohibited\n }\n chain forward {\n type filter hook forward priority 10; policy accept;\n jump deny\n }\n}\n',
    );
    const stderr = await refused();
    expect(stderr).toMatch(
      /table inet strict, chain deny: meta nfproto ipv6 reject.*\n\s+ends what the cluster sends over IPv6 \(from bridge br-kubeadm-dind to eth0\)/,
    );
  });

  it("an administrator's drop in DOCKER-USER, of what leaves or of what comes back: named, with what lets it through", async () => {
    for (const [rule, what] of [
      ['-o eth0 -j DROP', 'ends what the cluster sends over IPv6 (from bridge br-kubeadm-dind to eth0)'],
      ['-i eth0 -j DROP', 'ends the replies to what the cluster sends over IPv6 (from eth0 to bridge br-kubeadm-dind)'],
    ] as const) {
      await onHost(`ip6tables -I DOCKER-USER ${rule}`);
      const stderr = await refused();
      expect(stderr).toContain("table ip6 filter (ahead of Docker's rules), chain DOCKER-USER");
      expect(stderr).toContain(what);
      expect(stderr).toContain('ip6tables -I DOCKER-USER -i br-+ -j RETURN');
      await onHost(`ip6tables -D DOCKER-USER ${rule}`);
    }
  });

  it('policies DROP, rules of others, and a table that lets bridges through: all of it works, and clean leaves them alone', async () => {
    const { lab } = cluster;
    await nft(
      [
        'table inet strict {',
        ' chain forward {',
        '  type filter hook forward priority 10; policy drop;',
        '  ct state established,related accept',
        '  iifname "br-*" accept',
        ' }',
        '}',
        '',
      ].join('\n'),
    );
    await onHost(
      'for tool in iptables ip6tables; do $tool -P FORWARD DROP; $tool -A FORWARD -i lan0 -j ACCEPT; $tool -A FORWARD -j REJECT; done; ip6tables -A DOCKER-USER -i lan0 -j DROP; ip6tables -A DOCKER-USER -d 2001:db8:ffff::/48 -j DROP',
    );
    // The engine's own tables `raw` stay with it, empty.
    const save = async (): Promise<string> =>
      (
        await onHost(
          'for table in filter nat; do iptables-save -t $table; ip6tables-save -t $table; done; nft list table inet strict',
        )
      ).replaceAll(/^#.*\n|\[\d+:\d+\]/gm, '');
    const before = await save();
    await cluster.succeed(['up'], env);
    await cluster.ensurePods();
    const { stdout } = await cluster.pod(
      'curl -sS --max-time 10 http://v4only.test/source; curl -sS --max-time 10 http://v6only.test/source',
    );
    expect(stdout.trim().split('\n')).toEqual([lab.hostAddresses.ipv4, lab.hostAddresses.ipv6]);
    await cluster.succeed(['clean']);
    expect(await save()).toBe(before);
  });
});
