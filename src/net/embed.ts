import { ipv4FromBigInt, ipv6FromBigInt, toBigInt } from './address.js';
import { cidrLength, contains, networkAddress, parseIpv6Cidr } from './cidr.js';
import type { Ipv4Address, Ipv6Address, Ipv6Cidr } from './types.js';

/** RFC 6052 2.1. Its 3.1 forbids representing non-global IPv4 addresses with it. */
export const wellKnownPrefix = parseIpv6Cidr('64:ff9b::/96');

/** What makes a CIDR unfit as NAT64 prefix, in words; `undefined` when it is fit. Only /96 is supported. */
export function nat64PrefixProblem(prefix: Ipv6Cidr): string | undefined {
  if (cidrLength(prefix) !== 96) return `has length /${cidrLength(prefix)}; only /96 is supported`;
  // RFC 6052 2.2: the "u" octet, bits 64 to 71, is zero in every length.
  const bits64To71 = (toBigInt(networkAddress(prefix)) >> 56n) & 0xffn;
  if (bits64To71 !== 0n) return 'has bits set among 64 to 71, which RFC 6052 2.2 wants to be zero';
  return undefined;
}

/** The IPv4 address inside a /96 NAT64 prefix (RFC 6052 2.2). Throws RangeError for a prefix that is not fit. */
export function embedIpv4(prefix: Ipv6Cidr, address: Ipv4Address): Ipv6Address {
  assertFit(prefix);
  return ipv6FromBigInt(toBigInt(networkAddress(prefix)) | toBigInt(address));
}

/** The IPv4 address that an IPv6 address inside the prefix stands for; `undefined` outside of the prefix. */
export function extractIpv4(prefix: Ipv6Cidr, address: Ipv6Address): Ipv4Address | undefined {
  assertFit(prefix);
  return contains(prefix, address) ? ipv4FromBigInt(toBigInt(address) & 0xffffffffn) : undefined;
}

function assertFit(prefix: Ipv6Cidr): void {
  const problem = nat64PrefixProblem(prefix);
  if (problem !== undefined) throw new RangeError(`NAT64 prefix ${prefix} ${problem}`);
}
