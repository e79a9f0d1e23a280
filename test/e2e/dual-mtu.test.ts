import { describe, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { expectDatagrams, expectTransfers } from '../support/transfers.js';

const env = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true', DIND_CHECK_TARGETS: 'dual.test,v4only.test' };

/** An uplink of 1400 bytes. Seen to fail with: PENDING. */
describeWithCluster('A narrow uplink', { profile: 'dual', uplinkMtu: 1400, env }, (cluster) => {
  it('pods and nodes have its MTU', async () => {
    expect((await cluster.pod('cat /sys/class/net/eth0/mtu')).stdout).toBe('1400\n');
    expect((await cluster.node('cat /sys/class/net/eth0/mtu')).stdout).toBe('1400\n');
  });

  describe.each([
    ['directly', ['dual.test', 'lowmtu1400.test', 'lowmtu1280.test']],
    ['through NAT64', ['v4only.test', 'v4lowmtu1400.test', 'v4lowmtu1280.test']],
  ])('%s', (_, sites) => {
    it.each(sites)('%s: 10 MB both ways, and datagrams in fragments', async (site) => {
      await expectTransfers(cluster, site);
      await expectDatagrams(cluster, site);
    });
  });

  it('a pod is told the smaller MTU behind NAT64, 20 more than it is there', async () => {
    expect((await cluster.pod('ip -6 route get "$(getent ahostsv6 v4lowmtu1280.test | cut -d" " -f1 | head -n 1)"')).stdout).toMatch(/mtu 1300/);
  });
});
