import { cidrOf, contains, overlaps, parseCidr } from '../net/cidr.js';
import { familyOf, parseAddress, widthOf } from '../net/address.js';
import type { NetworkState } from '../engine/types.js';
import type { Cidr } from '../net/types.js';
import type { Addressing } from '../plan/record.js';
import type { HostFacts } from '../plan/types.js';

export interface CidrConflict {
  /** Name that was given with the CIDR, e.g. `DIND_NODE_CIDR`. */
  name: string;
  cidr: Cidr;
  /** The network, route or address in the way. */
  other: Cidr;
  /**
   * `taken`: the CIDR cannot be used. `covered`: a wider route (a VPN's `fd00::/8`) holds it; the cluster works, and addresses
   * of that network inside the CIDR are out of its reach.
   */
  severity: 'taken' | 'covered';
  /** `DIND_NODE_CIDR fd00:20::/64 overlaps fd00:20::/56 of network other-net`. */
  text: string;
}

export interface ConflictInputs {
  cidrs: readonly { name: string; cidr: Cidr }[];
  facts: Pick<HostFacts, 'links' | 'routes'> | undefined;
  networks: readonly Pick<NetworkState, 'name' | 'subnets' | 'bridge'>[];
  /** Names of the cluster's own networks: they, their routes and their addresses are no conflict. */
  ownNetworks: readonly string[];
  /** Whose addresses and routes they are. Default: the engine host. */
  place?: string | undefined;
}

/** The CIDRs of a cluster, by the settings that choose them. */
export function nameCidrs(
  addressing: Pick<Addressing, 'nodeCidr' | 'podCidr' | 'serviceCidr' | 'nat64Prefix'>,
): { name: string; cidr: Cidr }[] {
  return [
    { name: 'DIND_NODE_CIDR', cidr: addressing.nodeCidr },
    { name: 'DIND_POD_CIDR', cidr: addressing.podCidr },
    { name: 'DIND_SERVICE_CIDR', cidr: addressing.serviceCidr },
    { name: 'DIND_NAT64_PREFIX', cidr: addressing.nat64Prefix },
  ];
}

/** IPv6 CIDRs that a new cluster's addresses are not chosen from: routes of the host and networks of the engine. */
export function listTakenCidrs(
  facts: Pick<HostFacts, 'routes'>,
  networks: readonly Pick<NetworkState, 'subnets'>[],
): Cidr[] {
  return [
    ...facts.routes.filter((route) => route.destination !== 'default').map((route) => route.destination),
    ...networks.flatMap((network) => network.subnets),
  ]
    .filter((text) => text.includes(':') && text.includes('/'))
    .map(parseCidr);
}

interface Occupant {
  other: Cidr;
  what: string;
  isRoute: boolean;
}

/** Every overlap of the given CIDRs with engine networks, host addresses and host routes (default routes excepted). */
export function findCidrConflicts(inputs: ConflictInputs): CidrConflict[] {
  const occupants = listOccupants(inputs);
  return inputs.cidrs.flatMap(({ name, cidr }) =>
    occupants
      .filter(({ other }) => overlaps(cidr, other))
      .map(({ other, what, isRoute }): CidrConflict => {
        const covered = isRoute && other !== cidr && contains(other, cidr);
        return {
          name,
          cidr,
          other,
          severity: covered ? 'covered' : 'taken',
          text: `${name} ${cidr} ${covered ? 'lies in' : 'overlaps'} ${what}`,
        };
      }),
  );
}

function listOccupants({ facts, networks, ownNetworks, place = 'the engine host' }: ConflictInputs): Occupant[] {
  const foreign = networks.filter((network) => !ownNetworks.includes(network.name));
  const ofNetworks = foreign.flatMap((network) =>
    network.subnets.map((subnet): Occupant => ({
      other: cidrOfText(subnet),
      what: `${subnet} of the engine's network ${network.name}`,
      isRoute: false,
    })),
  );
  if (facts === undefined) return ofNetworks;
  // What a bridge of the engine's has on the host says the same as its network.
  const bridges = new Set(networks.map((network) => network.bridge));
  const ofAddresses = facts.links
    .filter((link) => !bridges.has(link.name))
    .flatMap((link) =>
      link.addresses
        .filter(({ scope }) => scope !== 'link')
        .map(({ address }): Occupant => ({
          other: cidrOfText(address),
          what: `the address ${address} of ${link.name} on ${place}`,
          isRoute: false,
        })),
    );
  const ofRoutes = facts.routes
    .filter((route) => route.destination !== 'default' && !bridges.has(route.device))
    .map((route): Occupant => ({
      other: cidrOfText(route.destination),
      what: `${route.destination}, a route of ${place} via ${route.gateway === undefined ? '' : `${route.gateway} `}${route.device}`,
      isRoute: true,
    }));
  return [...ofNetworks, ...ofAddresses, ...ofRoutes];
}

/** `ip` prints a host route without its length, and an engine may give a subnet with host bits set. */
function cidrOfText(text: string): Cidr {
  const [addressText = '', length] = text.split('/');
  const address = parseAddress(addressText);
  return cidrOf(address, length === undefined ? widthOf(familyOf(address)) : Number(length));
}
