import { describeWithCluster } from '../support/cluster.js';
import { testAaaaOn } from '../support/scenarios/aaaa-on.js';

/** Scenario 1: profile dual, mode true. Seen to fail without the masquerade on the host (nothing comes back from IPv6 sites, and unique-local sources leave). */
describeWithCluster(
  'AAAA use on, on a host with both families',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  testAaaaOn,
);
