import { beforeAll, describe, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

/**
 * Packets to addresses of the cluster that nobody has, and to services while kube-proxy has no rules (a node that has just started): the default
 * route would take them to the uplink with a pod's source. Profile dual, both modes. Seen to fail without the chains `unserved_*` and without the
 * unreachable route of the pod CIDR (render/egress.ts, render/node-files.ts).
 */
describeWithCluster(
  'Packets that have lost their way',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    // A pod that is gone, of its own node (::3), of another one (::2), of none; the API's service.
    const lost = ['fd00:40:0:0:3::ffff', 'fd00:40:0:0:2::ffff', 'fd00:40:0:0:99::1'];
    const knock = (addresses: string[]): string =>
      `for address in ${addresses.join(' ')}; do curl -ksS --max-time 2 "https://[$address]/" & done; wait`;

    describe.each(['off', 'on'])('with AAAA use %s', (use) => {
      beforeAll(async () => {
        await cluster.succeed(['aaaa', use]);
        await cluster.lab.resetLeaks();
      });

      it('to pods that are gone end on the nodes', async () => {
        await cluster.pod(knock(lost));
        expect((await cluster.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
      });

      it('to a service that kube-proxy does not serve yet end on the node', async () => {
        await cluster.node('nft list table ip6 kube-proxy >/run/kube-proxy.nft && nft delete table ip6 kube-proxy');
        try {
          // Until then the kernel may have the connection of a pod that it translated before.
          expect((await cluster.node('nft list tables')).stdout).not.toContain('ip6 kube-proxy');
          await cluster.pod(knock(['fd00:30::1']));
          await cluster.node(knock(['fd00:30::1']));
        } finally {
          await cluster.node('nft list table ip6 kube-proxy >/dev/null 2>&1 || nft -f /run/kube-proxy.nft');
        }
        expect((await cluster.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
        expect((await cluster.pod('curl -ksS --max-time 10 https://kubernetes.default/version')).stdout).toContain(
          'gitVersion',
        );
      });
    });
  },
);
