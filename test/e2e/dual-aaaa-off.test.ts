import { describeWithCluster } from '../support/cluster.js';
import { testAaaaOff } from '../support/scenarios/aaaa-off.js';

/** Scenario 2: profile dual, mode false. Seen to fail with DNS64 in the other mode, and without the nodes' default route to NAT64 (an IPv6-only site then takes a second). */
describeWithCluster(
  'AAAA use off, on a host with both families',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'false' } },
  testAaaaOff,
);
