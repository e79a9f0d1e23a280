import { familyOf, parseIpv4Address, toBigInt } from '../net/address.js';
import { cidrLength, cidrOf, contains, networkAddress, parseIpv4Cidr } from '../net/cidr.js';
import { wellKnownPrefix } from '../net/embed.js';
import type { Ipv4Cidr, Ipv6Cidr } from '../net/types.js';

/** Never a site, whatever the prefix: this host, loopback, link-local (cloud metadata), multicast, reserved with broadcast. */
const never = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'].map(parseIpv4Cidr);

/** RFC 6890 with its updates: what is not globally reachable. RFC 6052 3.1 keeps it out of the well-known prefix. */
const notGlobal = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
].map(parseIpv4Cidr);

export interface Nat64DenyInputs {
  prefix: Ipv6Cidr;
  pool: Ipv4Cidr;
  userDeny: readonly Ipv4Cidr[];
  /** Subnets of the engine's networks as the engine writes them; those of IPv6 are left out. */
  engineSubnets: readonly string[];
}

/** The IPv4 destinations that the NAT64 container refuses (docs/settings.md, DIND_NAT64_DENY): sorted, none inside another. */
export function planNat64Deny({ prefix, pool, userDeny, engineSubnets }: Nat64DenyInputs): Ipv4Cidr[] {
  const engine = engineSubnets.filter((subnet) => familyOf(subnet) === 4).map(parseEngineSubnet);
  const all = [...never, ...(prefix === wellKnownPrefix ? notGlobal : []), pool, ...userDeny, ...engine];
  const outermost = all.filter(
    (cidr, index) => !all.some((other, at) => contains(other, cidr) && (other !== cidr || at < index)),
  );
  return outermost.sort((one, other) => Number(toBigInt(networkAddress(one)) - toBigInt(networkAddress(other))));
}

/** Engines keep a subnet as it was typed, bits behind the length included. */
function parseEngineSubnet(text: string): Ipv4Cidr {
  const [address = '', length = '32'] = text.split('/');
  return cidrOf(parseIpv4Address(address), cidrLength(`0.0.0.0/${length}` as Ipv4Cidr));
}
