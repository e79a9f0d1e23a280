import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { expectDatagrams, expectTransfers } from '../support/transfers.js';

const env = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'false', DIND_CHECK_TARGETS: 'dual.test,v4only.test' };

/** Sites behind a link that is narrower than the uplink: PMTU discovery goes through NAT64 both ways. What it was tried with (packet too big dropped at NAT64) did not make it fail: MSS and fragments carry it. */
describeWithCluster('Narrow links of sites', { profile: 'v4only', env }, (cluster) => {
  it.each(['v4only.test', 'lowmtu1400.test', 'lowmtu1280.test'])(
    '%s: 10 MB both ways, and datagrams in fragments',
    async (site) => {
      await expectTransfers(cluster, site);
      await expectDatagrams(cluster, site);
    },
  );
});

/** Routers that drop ICMP, and an uplink that is narrower than a site's link: nobody tells the site. Seen to fail with chooseMtu that says 1500. */
describeWithCluster('A narrow uplink without ICMP', { profile: 'v4only', uplinkMtu: 1280, env }, (cluster) => {
  beforeAll(() => cluster.lab.faults.dropIcmp.on());
  afterAll(() => cluster.lab.faults.dropIcmp.off());

  it('pods send and ask for no more than fits: TCP does not need to be told', async () => {
    expect((await cluster.pod('cat /sys/class/net/eth0/mtu')).stdout).toBe('1280\n');
    for (const site of ['v4only.test', 'lowmtu1400.test', 'lowmtu1280.test']) await expectTransfers(cluster, site);
  });
});
