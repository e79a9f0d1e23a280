import { describe, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true' };

/** Settings of the engine that take away what it does for other containers: a cluster needs none of it, or its `up` says so before anything is made. */
describe.each([
  {
    what: 'no packet rules of its own',
    daemonJson: { iptables: false, ip6tables: false },
    notice: /own packet rules for IPv4 and IPv6/,
  },
  { what: 'no IPv6 packet rules', daemonJson: { ip6tables: false }, notice: /own packet rules for IPv6 are/ },
  { what: 'forwarding left alone', daemonJson: { 'ip-forward': false }, notice: undefined },
  { what: 'no userland proxy', daemonJson: { 'userland-proxy': false }, notice: undefined },
  {
    what: 'live restore, an init and private IPC',
    daemonJson: { 'live-restore': true, init: true, 'default-ipc-mode': 'private' },
    notice: undefined,
  },
])('An engine with $what', ({ daemonJson, notice }) => {
  describeWithCluster(
    'makes a cluster',
    { profile: 'dual', env, engine: { daemonJson }, up: false },
    (cluster) => {
      it('that reaches IPv4-only and IPv6 sites', async () => {
        const { stderr } = await cluster.succeed(['up'], env);
        if (notice !== undefined) expect(stderr).toMatch(notice);
        await cluster.ensurePods();
        const { stdout } = await cluster.pod(
          'curl -sS --max-time 10 http://v4only.test/source; curl -sS --max-time 10 http://v6only.test/source',
        );
        expect(stdout.trim().split('\n')).toEqual([cluster.lab.hostAddresses.ipv4, cluster.lab.hostAddresses.ipv6]);
        expect(await cluster.lab.leaks()).toEqual([]);
      });
    },
    'hard',
  );
});
