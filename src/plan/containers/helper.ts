import { labels } from '../../labels.js';
import type { HelperPlan, NamedContainerSpec, PlanCore } from '../types.js';

/**
 * What every helper container is: on both networks with its way out by the egress network, a read-only root, its configuration in a volume that it reads at every
 * start. It forwards nothing (it must never be a way from one network to the other) and has no capability, unless its own plan says so.
 */
export function planHelperContainer(
  plan: PlanCore,
  role: 'dns64' | 'nat64' | 'api',
): NamedContainerSpec & { sysctls: Record<string, string> } {
  const { name, image, address, macAddress, egressMacAddress, configVolume }: HelperPlan = plan[role];
  return {
    name,
    hostname: name,
    image,
    labels: {
      [labels.cluster]: plan.clusterName,
      [labels.role]: role,
      ...(plan.attached === undefined ? {} : { [labels.attached]: plan.attached.cluster }),
    },
    readOnlyRoot: true,
    // haproxy's 2,048 connections take twice as many, and it does not start with less.
    openFiles: 8192,
    mounts: [{ type: 'volume', source: configVolume, target: '/etc/dind64', noCopy: true }],
    sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0', 'net.ipv4.ip_forward': '0', 'net.ipv6.conf.all.forwarding': '0' },
    network: [
      { network: plan.egressNetwork.name, macAddress: egressMacAddress, gatewayPriority: 1 },
      { network: plan.nodeNetwork.name, ipv6: address, macAddress },
    ],
    restart: 'unless-stopped',
  };
}
