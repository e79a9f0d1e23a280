import { failure, ok, unknown, warning } from '../../doctor/check.js';
import { findCidrConflicts } from '../../host/conflicts.js';
import { contains, overlaps, parseIpv6Cidr } from '../../net/cidr.js';
import type { CheckedHost, HostCheck, HostReading } from './check.js';

/** Of interfaces that are dind64's own. */
const ownLinks = /^dind64-/;

export const networks: HostCheck = {
  id: 'networks',
  title: 'addresses',
  looked: "the hosts file's networks against the routes and addresses of the host",
  judge: (about) => {
    const cidrs = namedNetworks(about);
    const conflicts = findCidrConflicts({
      cidrs,
      facts: withoutOwn(about),
      networks: [],
      ownNetworks: [],
      place: 'the host',
    });
    const taken = conflicts.filter(({ severity }) => severity === 'taken');
    const [first] = taken;
    if (first !== undefined)
      return failure(taken.map(({ text }) => text).join('; '), `choose another ${first.name} in the hosts file`);
    if (conflicts.length > 0)
      return warning(
        `${conflicts.map(({ text }) => text).join('; ')}: those of its addresses that lie in the cluster's are out of reach`,
      );
    return ok(`free: ${cidrs.map(({ cidr }) => cidr).join(', ')}`);
  },
};

function namedNetworks({
  host,
  config: { addressing },
}: CheckedHost): Parameters<typeof findCidrConflicts>[0]['cidrs'] {
  return [
    { name: 'mgmt_net.cidr', cidr: addressing.nodeCidr },
    { name: 'pod_net.cidr', cidr: addressing.podCidr },
    { name: 'service_net.cidr', cidr: addressing.serviceCidr },
    { name: 'support_net.cidr', cidr: addressing.supportCidr },
    { name: 'dns64.cidr', cidr: addressing.nat64Prefix },
    ...(host.roles.includes('nat64') ? [{ name: 'support_net.v4cidr', cidr: addressing.supportV4Cidr }] : []),
  ];
}

/** The host's network without what belongs there: the node network on its interface, and interfaces of dind64's. */
function withoutOwn({ host, config, reading }: CheckedHost): Pick<HostReading['network'], 'links' | 'routes'> {
  const { nodeCidr } = config.addressing;
  const isOnNodeNetwork = (destination: string): boolean =>
    destination.includes(':') && destination !== 'default' && overlapsNodes(destination);
  const overlapsNodes = (destination: string): boolean =>
    overlaps(nodeCidr, parseIpv6Cidr(destination.includes('/') ? destination : `${destination}/128`));
  return {
    links: reading.network.links
      .filter(({ name }) => !ownLinks.test(name))
      .map((link) =>
        link.name === host.interface
          ? { ...link, addresses: link.addresses.filter(({ address }) => !contains(nodeCidr, address)) }
          : link,
      ),
    routes: reading.network.routes.filter(
      ({ device, destination, gateway }) =>
        !ownLinks.test(device) && !(device === host.interface && gateway === undefined && isOnNodeNetwork(destination)),
    ),
  };
}

/** What listens on a node (Kubernetes, "Ports and Protocols", and kube-proxy's and the kubelet's own). DNS64 has an address of its own. */
const nodePorts = [10248, 10249, 10250, 10256];
const controlPlanePorts = [2379, 2380, 2381, 6443, 10257, 10259];

/** All ports that a host is asked about. */
export const askedPorts: readonly number[] = [...nodePorts, ...controlPlanePorts];

export const ports: HostCheck = {
  id: 'ports',
  title: 'ports',
  looked: 'TCP ports of Kubernetes that somebody listens on',
  of: 'nodes',
  judge: ({ host, reading: { network, system } }) => {
    const needed = host.roles.includes('control-plane') ? askedPorts : nodePorts;
    const taken = network.takenPorts.filter((port) => needed.includes(port));
    if (taken.length === 0) return ok('free');
    if (system.nodeFiles.length > 0) return unknown('the host is a node already');
    return failure(
      `somebody listens on ${taken.join(', ')}`,
      `sudo ss -ltnp '${taken.map((port) => `sport = :${port}`).join(' or ')}'     # who`,
    );
  },
};
