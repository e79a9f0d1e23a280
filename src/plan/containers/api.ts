import { labels } from '../../labels.js';
import type { ContainerSpec, PublishedPort } from '../../engine/types.js';
import type { ClusterPlan } from '../types.js';

/** Port of the API servers, and of the forwarder inside its container. */
export const apiServerPort = 6443;

/**
 * The API forwarder carries the engine host's loopback to the control planes: an engine publishes no 127.0.0.1 port for a container
 * without IPv4, and Docker Desktop no [::1].
 */
export function planApiContainer(plan: ClusterPlan): ContainerSpec & { name: string } {
  const { name, image, address, macAddress, egressMacAddress, configVolume, port, publishIpv6 } = plan.api;
  const hostIps: PublishedPort['hostIp'][] = publishIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  return {
    name,
    hostname: name,
    image,
    user: 'haproxy',
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'api' },
    readOnlyRoot: true,
    mounts: [{ type: 'volume', source: configVolume, target: '/etc/dind64', noCopy: true }],
    sysctls: {
      'net.ipv6.conf.all.disable_ipv6': '0',
      // It has a leg in both networks and must never be a way from one to the other.
      'net.ipv4.ip_forward': '0',
      'net.ipv6.conf.all.forwarding': '0',
    },
    network: [
      { network: plan.egressNetwork.name, macAddress: egressMacAddress, gatewayPriority: 1 },
      { network: plan.nodeNetwork.name, ipv6: address, macAddress },
    ],
    ports: hostIps.map((hostIp) => ({ hostIp, hostPort: port, containerPort: apiServerPort })),
    restart: 'unless-stopped',
  };
}
