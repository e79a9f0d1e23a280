import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { expectPublished } from '../support/published-schema.js';

/** Scenario 5; how long it takes is a matter of `npm run bench -- up`. Seen to fail with a switch that leaves DNS64 as it is (stale answers). */
describeWithCluster(
  'The mode of a live cluster changes',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    const native = '2001:db8:100::11';
    const synthesized = 'fd00:10:64:ff9b::c633:640b';
    const ask = async (): Promise<string> =>
      (await cluster.pod('getent ahostsv6 dual.test | head -n 1')).stdout.split(' ')[0] ?? '';
    const source = async (): Promise<string> =>
      (await cluster.pod('curl -sS --max-time 10 http://dual.test/source')).stdout.trim();

    it('off and on again, without a stale answer and without a restart', async () => {
      const started = await startTimes();
      // A connection through NAT64 that says something every 200 ms, and hears it again.
      const long = cluster.pod(
        'exec 3<>/dev/tcp/v4only.test/7; for i in $(seq 120); do echo $i >&3; read -r -t 5 back <&3 || exit 1; sleep 0.2; done; echo "last $back"',
      );
      expect(await ask()).toBe(native);

      const modes = [
        ['off', synthesized, cluster.lab.hostAddresses.ipv4],
        ['on', native, cluster.lab.hostAddresses.ipv6],
      ] as const;
      for (const [use, address, seen] of [...modes, ...modes]) {
        await cluster.succeed(['aaaa', use]);
        expect(await ask()).toBe(address);
        expect(await source()).toBe(seen);
        const rules = (
          expectPublished('status', (await cluster.succeed(['status', '--json'])).stdout) as {
            hostRules: { present: boolean }[];
          }
        ).hostRules;
        expect([use, ...rules.map(({ present }) => present)]).toEqual([use, true, true, true]);
      }
      expect((await long).stdout).toBe('last 120\n');
      expect(await startTimes()).toEqual(started);
    });

    it('a service that stands for a name outside has the addresses of the mode at once', async () => {
      const name = 'outside.default.svc.cluster.local';
      await cluster.kubectl(['create', 'service', 'externalname', 'outside', '--external-name=dual.test']);
      try {
        for (const [use, address] of [
          ['off', synthesized],
          ['on', native],
          ['off', synthesized],
          ['on', native],
        ] as const) {
          await cluster.succeed(['aaaa', use]);
          expect([use, (await cluster.pod(`getent ahostsv6 ${name} | head -n 1`)).stdout.split(' ')[0]]).toEqual([
            use,
            address,
          ]);
        }
      } finally {
        await cluster.kubectl(['delete', 'service', 'outside', '--wait=false']);
      }
    });

    it('no record hands out addresses of the other family past the mode', async () => {
      const https = async (server: string): Promise<string> =>
        (await cluster.node(`kdig @${server} hints.test HTTPS +noall +header +answer`)).stdout;
      expect(await https('fd00:20::100')).toContain('ipv6hint=');
      for (const use of ['off', 'on']) {
        await cluster.succeed(['aaaa', use]);
        expect(await https('fd00:30::a')).toMatch(/status: NOERROR[^]*ANSWER: 0; AUTHORITY: 1/);
      }
    });

    it('a pod that keeps asking gets an answer every time', async () => {
      const asking = cluster.pod(
        'bad=0; for i in $(seq 60); do getent ahostsv6 dual.test >/dev/null || bad=$((bad+1)); sleep 0.05; done; echo "bad $bad"',
      );
      await cluster.succeed(['aaaa', 'off']);
      await cluster.succeed(['aaaa', 'on']);
      expect((await asking).stdout).toBe('bad 0\n');
    });

    it('auto decides by what the host reaches, and says why', async () => {
      const { stdout } = await cluster.succeed(['aaaa', 'auto', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ aaaa: true, reason: expect.stringContaining('auto') as unknown });
    });

    it('no unique-local source has left in between', async () => {
      expect((await cluster.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
    });

    async function startTimes(): Promise<string[]> {
      return (await cluster.engine.listContainers({ 'dev.dind64.cluster': 'kubeadm-dind' }))
        .map(({ name, startedAt }) => `${name} ${startedAt}`)
        .sort();
    }
  },
);
