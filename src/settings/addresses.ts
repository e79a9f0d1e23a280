import { isIpv6, parseAddress, parseIpv6Address } from '../net/address.js';
import { cidrLength, contains, parseIpv4Cidr, parseIpv6Cidr } from '../net/cidr.js';
import { nat64PrefixProblem } from '../net/embed.js';
import type { IpAddress, Ipv4Cidr, Ipv6Address, Ipv6Cidr } from '../net/types.js';
import { badValue, splitList } from './definition.js';

/** Metadata services outside of link-local, never translated to unless the user takes one out by name: Azure's, Oracle's of old (IETF protocol assignments), Alibaba's. */
export const defaultNat64Deny = ['168.63.129.16/32', '192.0.0.0/24', '100.100.100.200/32'];

const unicast = ['fc00::/7', '2000::/3'].map(parseIpv6Cidr);
// RFC 6052 2.1 and RFC 8215: set aside for translation, outside of global unicast.
const translation = ['64:ff9b::/96', '64:ff9b:1::/48'].map(parseIpv6Cidr);
const unusableAsServer = ['::/128', '::1/128', 'fe80::/10', 'ff00::/8'].map(parseIpv6Cidr);
const unusableAsServerV4 = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/3'].map(parseIpv4Cidr);

/** An IPv6 unicast CIDR whose length lies within `shortest` .. `longest`. */
export function parseClusterCidr(text: string, shortest: number, longest: number): Ipv6Cidr {
  const cidr = parseIpv6Cidr(text);
  const length = cidrLength(cidr);
  if (length < shortest || length > longest) throw badValue(`has length /${length}`);
  if (!unicast.some((range) => contains(range, cidr))) throw badValue('is neither unique-local nor global unicast');
  return cidr;
}

export function parseNat64Prefix(text: string): Ipv6Cidr {
  const prefix = parseIpv6Cidr(text);
  const problem = nat64PrefixProblem(prefix);
  if (problem !== undefined) throw badValue(problem);
  if (![...unicast, ...translation].some((range) => contains(range, prefix)))
    throw badValue('is neither unicast nor set aside for translation');
  return prefix;
}

/**
 * A list of IPv4 CIDRs that goes behind the default one, whether or not a `+` says so; an entry with a leading `-` takes that one of the
 * default list out. Metadata services give credentials away: a list that forgets them must not open them.
 */
export function parseNat64Deny(text: string): Ipv4Cidr[] {
  const entries = splitList(text.trim().replace(/^\+/, ''));
  if (entries.length === 0) throw badValue('names no CIDR');
  const defaults = defaultNat64Deny.map(parseIpv4Cidr);
  const without = entries.filter((entry) => entry.startsWith('-')).map((entry) => parseIpv4Cidr(entry.slice(1)));
  const unknown = without.find((cidr) => !defaults.includes(cidr));
  if (unknown !== undefined)
    throw badValue(`takes out \`${unknown}\`, which is not in the default list`, `that has ${defaults.join(', ')}`);
  const given = entries.filter((entry) => !entry.startsWith('-')).map(parseIpv4Cidr);
  return [...new Set([...defaults.filter((cidr) => !without.includes(cidr)), ...given])];
}

/** A resolver that a container can reach: no loopback, link-local or multicast address. */
export function parseUpstream(text: string): IpAddress {
  const address = parseAddress(text);
  if (![...unusableAsServer, ...unusableAsServerV4].some((range) => contains(range, address))) return address;
  throw badValue(`\`${text}\` cannot be reached from a container`, 'give the address of the resolver behind it');
}

/** The engine host's own address that direct IPv6 traffic leaves with. */
export function parseSnatAddress(text: string): Ipv6Address {
  const address = parseIpv6Address(text);
  if (!isIpv6(address) || !unicast.some((range) => contains(range, address)))
    throw badValue('is neither unique-local nor global unicast');
  return address;
}
