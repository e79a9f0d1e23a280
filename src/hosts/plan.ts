import { nthAddress } from '../net/cidr.js';
import type { HostPlan, HostsPlan } from '../results/hosts-plan.js';
import type { ConfiguredHost, HostsConfig } from './config.js';
import { hostWith } from './host-with.js';
import { planFiles } from './plan-files.js';
import { planProvisioning } from './plan-provisioning.js';
import { planHostRoutes } from './plan-routes.js';

/** What every host gets: pure, and no host is asked. What only a host knows is named in `unknown`. */
export function planHosts(config: HostsConfig): HostsPlan {
  const { addressing } = config;
  const helper = hostWith(config, 'nat64');
  return {
    allowAaaaUse: config.allowAaaaUse,
    networks: {
      nodes: addressing.nodeCidr,
      pods: addressing.podCidr,
      services: addressing.serviceCidr,
      support: addressing.supportCidr,
      supportIpv4: addressing.supportV4Cidr,
    },
    dns64: {
      host: helper.name,
      address: addressing.dns64Address,
      clusterDns: nthAddress(addressing.serviceCidr, 10),
      upstreams: [addressing.dns64Upstream],
    },
    nat64: {
      host: helper.name,
      prefix: addressing.nat64Prefix,
      address: addressing.nat64Address,
      ipv4Address: addressing.nat64V4Address,
      ipv4Pool: addressing.nat64Pool,
    },
    hosts: config.hosts.map((host) => planHost(config, host)),
    unknown: [
      'the uplink of each host: the interface of its IPv6 default route',
      'whether that route came by router advertisements, and the value of accept_ra there',
      ...(config.kubernetesVersion === undefined
        ? ["the version of Kubernetes: that of the control plane's kubeadm"]
        : []),
    ],
  };
}

function planHost(config: HostsConfig, host: ConfiguredHost): HostPlan {
  return {
    name: host.name,
    roles: host.roles,
    interface: host.interface,
    address: host.address,
    ...(host.podCidr === undefined ? {} : { podCidr: host.podCidr }),
    routes: planHostRoutes(config, host),
    provisioning: planProvisioning(config, host),
    files: planFiles(config, host),
  };
}
