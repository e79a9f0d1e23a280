import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithCluster, type ClusterOptions } from '../support/cluster.js';
import { readHostState, type HostState } from '../support/host-state.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };

const variants: [string, NonNullable<ClusterOptions['engine']>][] = [
  ['iptables', { dockerd: '29', daemonJson: { init: true } }],
  ['its nftables backend', { dockerd: '29', daemonJson: { 'firewall-backend': 'nftables' } }],
];

/**
 * The engine of the 29 line, also with `init: true` (a node's first process must be systemd all the same) and with rules in nftables, where there is no
 * DOCKER-USER chain. Seen to fail (iptables) with nodes made without `Init: false`. Not seen to fail with ip6tables rules on the nftables backend: there
 * they are nftables rules too, and work.
 */
for (const [name, engine] of variants) {
  describeWithCluster(`Docker 29 with ${name}`, { profile: 'dual', env, engine, up: false }, (cluster) => {
    const readState = (): Promise<HostState> =>
      readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);
    const sources = async (): Promise<string[]> =>
      (
        await cluster.pod(
          'for site in v4only dual v6only; do curl -sS --max-time 5 http://$site.test/source || echo none; done',
        )
      ).stdout
        .trim()
        .split('\n');
    let before: HostState;

    beforeAll(async () => {
      before = await readState();
      await cluster.lab.resetLeaks();
      await cluster.succeed(['up'], env);
      await cluster.ensurePods();
    });
    afterAll(async () => {
      await cluster.dind64(['clean']);
    });

    it('is that engine', async () => {
      const info = await cluster.engine.info();
      expect(info.apiVersion).toBe('1.56');
      expect(info.firewallBackend).toBe(name.includes('nftables') ? 'nftables' : 'iptables');
    });

    it('mode true: IPv4-only sites through NAT64, the others directly', async () => {
      const { ipv4, ipv6 } = cluster.lab.hostAddresses;
      expect(await sources()).toEqual([ipv4, ipv6, ipv6]);
    });

    it('aaaa off: everything over IPv4, and no direct way; aaaa on: as before', async () => {
      const { ipv4, ipv6 } = cluster.lab.hostAddresses;
      await cluster.succeed(['aaaa', 'off']);
      expect(await sources()).toEqual([ipv4, ipv4, 'none']);
      await cluster.succeed(['aaaa', 'on']);
      expect(await sources()).toEqual([ipv4, ipv6, ipv6]);
    });

    it('no packet with a unique-local source has left the host', async () => {
      expect((await cluster.lab.leaks()).filter(({ kind }) => kind !== 'otherForeign')).toEqual([]);
    });

    it('clean leaves the host as it was', async () => {
      await cluster.succeed(['clean']);
      expect(await readState()).toEqual(before);
    });
  });
}
