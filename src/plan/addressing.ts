import { hashName } from './identity.js';
import { pickFreeSubnet } from '../net/allocate.js';
import { networkAddress, parseIpv6Cidr, subnet } from '../net/cidr.js';
import { DindError } from '../errors.js';
import type { Cidr, Ipv6Cidr } from '../net/types.js';
import type { Settings } from '../settings/types.js';
import type { Addressing } from './record.js';

const defaultClusterName = 'kubeadm-dind';

/**
 * Last hextets on the node network: the engine host 1, nodes 2 to 0xff, helpers from 0x100, the default gateway (plan/networks.ts) 0x400. Containers of the
 * user's get addresses elsewhere: `guestRange`.
 */
export const indexes = {
  gateway: 1,
  controlPlane: 2,
  firstWorker: 3,
  lastNode: 0xff,
  dns64: 0x100,
  nat64: 0x200,
  api: 0x300,
  defaultGateway: 0x400,
} as const;

/**
 * The part of the node network that the engine gives addresses out of, to containers that a user puts there: a /80 that holds none of ours, so that after a restart of
 * the engine nobody has taken a node's address.
 */
export function guestRange(nodeCidr: Ipv6Cidr): Ipv6Cidr {
  return subnet(nodeCidr, 80, 1n);
}

/**
 * The CIDRs of a cluster that has none yet: what the user gave, else the defaults for the default name, else ones derived from the
 * name that overlap nothing in `taken`, so that a second cluster needs no settings. Conflicts of given CIDRs are found elsewhere
 * (host/conflicts.ts), since they are errors to report and not choices to make.
 */
export function chooseCidrs(
  settings: Pick<Settings, 'clusterName' | 'nodeCidr' | 'podCidr' | 'serviceCidr'>,
  taken: readonly Cidr[],
): Pick<Addressing, 'nodeCidr' | 'podCidr' | 'serviceCidr'> {
  const choose = (pool: string, length: number): Ipv6Cidr =>
    settings.clusterName === defaultClusterName
      ? parseIpv6Cidr(`${pool}/${length}`)
      : deriveCidr(settings.clusterName, pool, length, taken);
  return {
    nodeCidr: settings.nodeCidr ?? choose('fd00:20::', 64),
    podCidr: settings.podCidr ?? choose('fd00:40::', 72),
    serviceCidr: settings.serviceCidr ?? choose('fd00:30::', 110),
  };
}

/** The name's hash chooses a /48 of the pool's /32; its first part of that length is taken. */
function deriveCidr(clusterName: string, pool: string, length: number, taken: readonly Cidr[]): Ipv6Cidr {
  // Never the pool's first /48: that one is the default cluster's.
  const site = pickFreeSubnet(parseIpv6Cidr(`${pool}/32`), 48, hashName(clusterName), [
    parseIpv6Cidr(`${pool}/48`),
    ...taken,
  ]);
  if (site === undefined) {
    throw new DindError({
      code: 'no-free-cidr',
      source: 'environment',
      doing: 'choosing addresses for the cluster',
      observed: `no free /48 below ${pool}/32`,
      hint: 'give them: DIND_NODE_CIDR, DIND_POD_CIDR and DIND_SERVICE_CIDR',
    });
  }
  return parseIpv6Cidr(`${networkAddress(site)}/${length}`);
}
