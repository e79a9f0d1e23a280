import { labels } from '../../labels.js';
import type { ContainerSpec } from '../../engine/types.js';
import type { ClusterPlan } from '../types.js';

/** DNS64: no capability at all, a user of its own; it serves on the node network and asks on the egress network. */
export function planDns64Container(plan: ClusterPlan): ContainerSpec & { name: string } {
  const { name, image, address, macAddress, egressMacAddress, configVolume } = plan.dns64;
  return {
    name,
    hostname: name,
    image,
    user: 'unbound',
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'dns64' },
    readOnlyRoot: true,
    tmpfs: { '/run/dind64': 'mode=1777' },
    mounts: [{ type: 'volume', source: configVolume, target: '/etc/dind64', noCopy: true }],
    sysctls: {
      'net.ipv6.conf.all.disable_ipv6': '0',
      // It has a leg in both networks and must never be a way from one to the other.
      'net.ipv4.ip_forward': '0',
      'net.ipv6.conf.all.forwarding': '0',
      // Port 53 without CAP_NET_BIND_SERVICE.
      'net.ipv4.ip_unprivileged_port_start': '0',
    },
    network: [
      { network: plan.egressNetwork.name, macAddress: egressMacAddress, gatewayPriority: 1 },
      { network: plan.nodeNetwork.name, ipv6: address, macAddress },
    ],
    restart: 'unless-stopped',
  };
}
