import type { HostRoute } from '../results/hosts-plan.js';
import type { ConfiguredHost, HostsConfig } from './config.js';
import { hostWith } from './host-with.js';

/** On the host of DNS64 and NAT64: its side of the support network. */
export const supportBridge = 'dind64-support';

/**
 * The routes that a host is given: to the pods of every other node, to NAT64 and DNS64. Never a default route: that is the host's own. An address
 * of the pod network that nobody has is unreachable, or it would be sent to the uplink.
 */
export function planHostRoutes(config: HostsConfig, host: ConfiguredHost): HostRoute[] {
  const { addressing, hosts } = config;
  const helper = hostWith(config, 'nat64');
  const device = host.interface;
  const pods = hosts.flatMap(({ name, address, podCidr }) =>
    podCidr === undefined || name === host.name
      ? []
      : [{ destination: podCidr, via: address, device, leadsTo: `pods of ${name}` }],
  );
  const helpers =
    helper.name === host.name
      ? [
          {
            destination: addressing.nat64Prefix,
            via: addressing.nat64Address,
            device: supportBridge,
            leadsTo: 'NAT64',
          },
          {
            destination: addressing.nat64Pool,
            via: addressing.nat64V4Address,
            device: supportBridge,
            leadsTo: "NAT64, replies to its pool's addresses",
          },
        ]
      : [
          { destination: addressing.nat64Prefix, via: helper.address, device, leadsTo: `NAT64 on ${helper.name}` },
          { destination: addressing.supportCidr, via: helper.address, device, leadsTo: `DNS64 on ${helper.name}` },
        ];
  return [...pods, ...helpers, { destination: addressing.podCidr, leadsTo: 'nothing: a pod that is gone' }];
}
