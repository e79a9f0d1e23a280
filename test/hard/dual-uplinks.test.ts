import { writeFile } from 'node:fs/promises';
import { beforeEach, expect, it } from 'vitest';
import { secondUplink, servers, uplink } from '../lab/sites.js';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true', DIND_CHECK_TARGETS: 'dual.test,v4only.test' };

/**
 * A laptop on the move: its uplinks and resolvers change under a running cluster. Seen to fail with a masquerade that is bound to eth0, and with
 * describeUplinkChanges turned round. The break of resolvers that `up` does not renew was not seen by itself.
 */
describeWithCluster(
  'Uplinks that change',
  { profile: 'dual', resolvers: 'ipv4', secondUplink: true, env },
  (cluster) => {
    const onHost = async (...lines: string[]): Promise<void> => {
      const { exitCode, stderr } = await cluster.lab.exec('host', [
        'bash',
        '-c',
        lines.map((line) => `ip ${line}`).join(' && '),
      ]);
      expect([exitCode, stderr]).toEqual([0, '']);
    };
    const sources = async (): Promise<string[]> =>
      (
        await cluster.pod('for name in dual.test v4only.test; do curl -sS --max-time 5 http://$name/source; done')
      ).stdout
        .trim()
        .split('\n');
    const remarks = async (): Promise<string[]> =>
      (JSON.parse((await cluster.succeed(['status', '--json'])).stdout) as { remarks: string[] }).remarks;
    const first = [uplink.host.ipv6, uplink.host.ipv4];
    const second = [secondUplink.host.ipv6, secondUplink.host.ipv4];
    const byFirst = [
      `route replace ::/0 via ${uplink.router.ipv6} dev eth0`,
      `route replace default via ${uplink.router.ipv4} dev eth0`,
    ];
    const bySecond = [
      '-6 route del default',
      `-6 route add default via ${secondUplink.router.ipv6} dev eth1`,
      `route replace default via ${secondUplink.router.ipv4} dev eth1`,
    ];

    beforeEach(async () => {
      await cluster.lab.exec('host', ['ip', '-6', 'route', 'flush', 'default']);
      await onHost(...byFirst);
      expect(await sources()).toEqual(first);
    });

    it('the default routes move to another uplink: new connections leave by it, with its addresses, at once', async () => {
      await onHost(...bySecond);
      expect(await sources()).toEqual(second);
      expect(await remarks()).toEqual([]);
      expect((await cluster.succeed(['up'])).stderr).toContain('host rules: unchanged');
      await onHost('link set eth0 down');
      expect(await sources()).toEqual(second);
      await onHost('link set eth0 up', `addr replace ${uplink.host.ipv6}/64 dev eth0 nodad`);
    });

    it('without an IPv6 default route `status` says what that means, and it works again when the route is back', async () => {
      await onHost('-6 route del default');
      expect(await remarks()).toEqual([expect.stringContaining('the engine host has no IPv6 default route now')]);
      await onHost(...byFirst);
      expect(await remarks()).toEqual([]);
      expect(await sources()).toEqual(first);
    });

    it('an uplink that carries less: `status` says so, and transfers go on', async () => {
      await onHost('link set eth1 mtu 1400', ...bySecond);
      await cluster.lab.exec('internet', ['ip', 'link', 'set', 'uplink2', 'mtu', '1400']);
      expect(await remarks()).toEqual([expect.stringContaining('carries 1400 bytes now')]);
      const { stdout } = await cluster.pod(
        'for name in dual.test v4only.test; do curl -sS --max-time 20 http://$name/10mb.bin | wc -c; head -c 10000000 /dev/zero | curl -sS --max-time 20 -T - http://$name/upload; done',
      );
      expect(stdout.trim().split('\n')).toEqual(['10485760', 'received 10000000', '10485760', 'received 10000000']);
      // `up` makes nothing anew because of it.
      const containers = async (): Promise<string[]> =>
        (await cluster.engine.listContainers({ 'dev.dind64.cluster': 'kubeadm-dind' })).map(({ id }) => id).sort();
      const before = await containers();
      await cluster.succeed(['up']);
      expect(await containers()).toEqual(before);
      await onHost('link set eth1 mtu 1500');
      await cluster.lab.exec('internet', ['ip', 'link', 'set', 'uplink2', 'mtu', '1500']);
    });

    it('policy routing sends the cluster by another uplink than the host: each packet has the address of the one it leaves by', async () => {
      await onHost(
        `-6 route add default via ${secondUplink.router.ipv6} dev eth1 table 100`,
        '-6 rule add iif br-kubeadm-dind lookup 100',
      );
      expect(await sources()).toEqual([secondUplink.host.ipv6, uplink.host.ipv4]);
      expect(
        (await cluster.lab.exec('host', ['curl', '-sS', '-m', '5', 'http://[2001:db8:100::11]/source'])).stdout.trim(),
      ).toBe(uplink.host.ipv6);
      // The only default routes are those of other tables.
      await onHost('-6 route del default', `-6 rule add from ${secondUplink.ipv6Subnet} lookup 100`);
      expect(await remarks()).toEqual([]);
      expect(await sources()).toEqual([secondUplink.host.ipv6, uplink.host.ipv4]);
      await onHost(
        '-6 rule del iif br-kubeadm-dind',
        `-6 rule del from ${secondUplink.ipv6Subnet}`,
        '-6 route flush table 100',
      );
    });

    it('two default routes of equal rank: every connection keeps to one uplink and succeeds', async () => {
      await onHost(
        '-6 route del default',
        `-6 route add default nexthop via ${uplink.router.ipv6} dev eth0 nexthop via ${secondUplink.router.ipv6} dev eth1`,
      );
      const { stdout } = await cluster.pod(
        'for i in $(seq 30); do curl -sS --max-time 5 http://dual.test/source; done | sort -u; curl -sS --max-time 20 http://dual.test/10mb.bin | wc -c',
      );
      expect(stdout.trim().split('\n')).toEqual([...[uplink.host.ipv6, secondUplink.host.ipv6].sort(), '10485760']);
    });

    it('the host gets other resolvers: DNS64 keeps the former ones, `status` says so, `up` renews them', async () => {
      // In place: the engine's own /etc/resolv.conf is this file.
      await writeFile(
        `/run/dind64-lab-engines/${cluster.lab.instance}/resolv.conf`,
        `nameserver ${servers.resolver.ipv6}\n`,
      );
      await cluster.lab.exec('internet', ['ip', 'route', 'add', 'blackhole', `${servers.resolver.ipv4}/32`]);
      await cluster.lab.exec('internet', ['ip', 'addr', 'del', `${servers.resolver.ipv4}/32`, 'dev', 'lo']);
      expect((await cluster.pod('kdig +retry=0 +time=6 mixed.test AAAA')).stdout).toContain('SERVFAIL');
      expect(await remarks()).toEqual([
        expect.stringMatching(
          new RegExp(
            `DNS64 asks .*${servers.resolver.ipv4.replaceAll('.', '\\.')}.* the engine host has .*${servers.resolver.ipv6}.* now: .npm run up. renews it`,
          ),
        ),
      ]);
      await cluster.succeed(['up']);
      expect(await remarks()).toEqual([]);
      expect((await cluster.pod('getent ahostsv6 mixed.test')).stdout).toContain('2001:db8:100::14');
    });

    it('no unique-local source has left by either uplink', async () => {
      expect((await cluster.lab.leaks()).filter(({ kind }) => kind !== 'otherForeign')).toEqual([]);
    });
  },
);
