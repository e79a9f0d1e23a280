import { labels } from '../../labels.js';
import type { ContainerSpec } from '../../engine/types.js';
import type { ClusterPlan } from '../types.js';

/** NAT64: /dev/net/tun and NET_ADMIN inside its own network namespace; nothing listens in it. */
export function planNat64Container(plan: ClusterPlan): ContainerSpec & { name: string } {
  const { name, image, address, macAddress, egressMacAddress, configVolume } = plan.nat64;
  return {
    name,
    hostname: name,
    image,
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'nat64' },
    capabilities: ['NET_ADMIN'],
    devices: ['/dev/net/tun'],
    readOnlyRoot: true,
    tmpfs: { '/run': '' },
    mounts: [{ type: 'volume', source: configVolume, target: '/etc/dind64', noCopy: true }],
    sysctls: {
      'net.ipv6.conf.all.disable_ipv6': '0',
      'net.ipv4.ip_forward': '1',
      'net.ipv6.conf.all.forwarding': '1',
      // Every refused connection is answered, parallel ones too (network.md).
      'net.ipv6.icmp.ratelimit': '0',
    },
    network: [
      { network: plan.egressNetwork.name, macAddress: egressMacAddress, gatewayPriority: 1 },
      { network: plan.nodeNetwork.name, ipv6: address, macAddress },
    ],
    restart: 'unless-stopped',
  };
}
