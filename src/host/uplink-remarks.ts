import { chooseMtu, hasIpv6DefaultRoute } from './changes.js';
import type { ClusterPlan, HostFacts } from '../plan/types.js';
import { howTo } from '../how-to.js';

/** What has changed on the engine host's uplinks since the cluster was made, and matters to it: one line each, for people. */
export function describeUplinkChanges(
  plan: Pick<ClusterPlan, 'mode' | 'nodeNetwork'>,
  facts: Pick<HostFacts, 'links' | 'routes'>,
): string[] {
  const mtu = chooseMtu(facts);
  return [
    ...(plan.mode.aaaa && !hasIpv6DefaultRoute(facts)
      ? [
          `AAAA use is on, and the engine host has no IPv6 default route now: IPv6 sites cannot be reached until it is back, or after \`${howTo('aaaa off')}\``,
        ]
      : []),
    ...(mtu < plan.nodeNetwork.mtu
      ? [
          `an uplink of the engine host carries ${mtu} bytes now, the cluster's networks were made for ${plan.nodeNetwork.mtu}: where ICMP is dropped, transfers hang until \`${howTo('clean')}\` and \`${howTo('up')}\``,
        ]
      : []),
  ];
}
