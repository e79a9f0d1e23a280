import type { Provision } from '../results/hosts-plan.js';
import { cidrLength, nthAddress } from '../net/cidr.js';
import type { ConfiguredHost, HostsConfig } from './config.js';
import { supportBridge } from './plan-routes.js';

/** What is changed on a host, in order, each with its reason. */
export function planProvisioning(config: HostsConfig, host: ConfiguredHost): Provision[] {
  const { addressing, allowAaaaUse } = config;
  const isNode = host.podCidr !== undefined;
  const isHelper = host.roles.includes('nat64');
  return [
    {
      id: 'address',
      what: `${host.address}/${cidrLength(addressing.nodeCidr)} on ${host.interface}`,
      why: 'the hosts reach each other by it, and Kubernetes knows the node by it',
      condition: 'the interface does not have it',
    },
    {
      id: 'accept-ra',
      what: 'net.ipv6.conf.<uplink>.accept_ra from 1 to 2, before forwarding is turned on',
      why: 'the kernel forgets a default route that it was advertised once the host forwards, unless this is 2',
      condition: 'the IPv6 default route came by router advertisements, and accept_ra is 1 there; never from 0',
    },
    {
      id: 'ipv6-forwarding',
      what: 'net.ipv6.conf.all.forwarding from 0 to 1',
      why: [
        ...(isNode ? ['packets of pods pass through the host'] : []),
        ...(isHelper ? ["packets of every host pass to NAT64's"] : []),
      ].join('; '),
      condition: 'it is 0',
    },
    ...(isHelper ? planHelper(config) : []),
    {
      id: 'routes',
      what: 'the routes above, by a unit of dind64 that makes them again after a reboot',
      why: 'no other program on the host knows where pods, NAT64 and DNS64 are',
    },
    ...(isNode
      ? [
          {
            id: 'packet-rules',
            what: 'the nftables table ip6 dind64_hosts',
            why: allowAaaaUse
              ? `pods leave by the address of the uplink for IPv6 sites, and by ${host.address} for NAT64 and DNS64`
              : `pods leave for NAT64 and DNS64 by ${host.address}; whatever else is outside is refused at once`,
          },
          {
            id: 'cni',
            what: `the CNI plugin ${config.plugin} with ${host.podCidr}`,
            why: "a pod gets an address of its host's part of the pod network",
            condition: 'no other CNI configuration is there',
          },
          {
            id: 'kubeadm',
            what: host.roles.includes('control-plane')
              ? 'kubeadm init'
              : 'kubeadm join, by a token that is made at that moment',
            why: `the host becomes a ${host.roles.includes('control-plane') ? 'control plane' : 'worker'}`,
            condition: 'it is no node yet',
          },
        ]
      : []),
  ];
}

function planHelper({ addressing }: HostsConfig): Provision[] {
  const own = [addressing.supportCidr, addressing.supportV4Cidr] as const;
  return [
    {
      id: 'ipv4-forwarding',
      what: 'net.ipv4.ip_forward from 0 to 1',
      why: 'what NAT64 has translated leaves by IPv4',
      condition: 'it is 0',
    },
    {
      id: 'support-network',
      what: `the bridge ${supportBridge} with ${own.map((cidr) => `${nthAddress(cidr, 1)}/${cidrLength(cidr)}`).join(' and ')}`,
      why: 'DNS64 and NAT64 are on it',
    },
    {
      id: 'ipv4-packet-rules',
      what: 'the nftables table ip dind64_hosts',
      why: "the pool's addresses leave by the host's own IPv4 address",
    },
    {
      id: 'dns64',
      what: `the DNS64 container at ${addressing.dns64Address}`,
      why: 'cluster DNS asks it for all names outside',
    },
    {
      id: 'nat64',
      what: `the NAT64 container at ${addressing.nat64Address}`,
      why: 'IPv4-only sites are reached through it',
    },
  ];
}
