import { DindError } from '../errors.js';
import { familyOf, fromBigInt, parseIpv4Address, parseIpv6Address, toBigInt, widthOf } from './address.js';
import type { Family } from './address.js';
import type { Cidr, IpAddress, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr } from './types.js';

type AddressOf<C extends Cidr> = C extends Ipv6Cidr ? Ipv6Address : Ipv4Address;

/** `fd00:20::/64`; bits behind the length must be zero. The result is RFC 5952 text. Throws DindError `bad-cidr`. */
export function parseIpv6Cidr(text: string): Ipv6Cidr {
  return parse(text, 6) as Ipv6Cidr;
}

/** `192.0.2.0/24`; bits behind the length must be zero. Throws DindError `bad-cidr`. */
export function parseIpv4Cidr(text: string): Ipv4Cidr {
  return parse(text, 4) as Ipv4Cidr;
}

/** A CIDR of either family. Throws DindError `bad-cidr`. */
export function parseCidr(text: string): Cidr {
  return parse(text, familyOf(text)) as Cidr;
}

/** The CIDR of that length that an address lies in. */
export function cidrOf(address: Ipv6Address, length: number): Ipv6Cidr;
export function cidrOf(address: Ipv4Address, length: number): Ipv4Cidr;
export function cidrOf(address: IpAddress, length: number): Cidr;
export function cidrOf(address: IpAddress, length: number): Cidr {
  const family = familyOf(address);
  const hostBits = BigInt(widthOf(family) - length);
  return format(fromBigInt(family, (toBigInt(address) >> hostBits) << hostBits), length) as Cidr;
}

export function cidrLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** The first address: the CIDR's text before the slash. */
export function networkAddress<C extends Cidr>(cidr: C): AddressOf<C> {
  return cidr.slice(0, cidr.indexOf('/')) as AddressOf<C>;
}

/** How many addresses it holds. */
export function cidrSize(cidr: Cidr): bigint {
  return 1n << BigInt(widthOf(familyOf(cidr)) - cidrLength(cidr));
}

/** Whether an address or a whole CIDR lies inside. Families never contain one another. */
export function contains(cidr: Cidr, inner: IpAddress | Cidr): boolean {
  if (familyOf(cidr) !== familyOf(inner)) return false;
  const outerRange = rangeOf(cidr);
  const innerRange = rangeOf(inner);
  return outerRange.first <= innerRange.first && innerRange.last <= outerRange.last;
}

export function overlaps(one: Cidr, other: Cidr): boolean {
  return contains(one, other) || contains(other, one);
}

/** The address at `index`, counted from 0. Throws RangeError when the CIDR ends before. */
export function nthAddress<C extends Cidr>(cidr: C, index: number | bigint): AddressOf<C> {
  const offset = BigInt(index);
  if (offset < 0n || offset >= cidrSize(cidr)) throw new RangeError(`${cidr} has no address number ${offset}`);
  return fromBigInt(familyOf(cidr), rangeOf(cidr).first + offset) as AddressOf<C>;
}

/** The part at `index` (from 0) when `cidr` is cut into parts of `newLength`. Throws RangeError when there is no such part. */
export function subnet<C extends Cidr>(cidr: C, newLength: number, index: number | bigint): C {
  const family = familyOf(cidr);
  const length = cidrLength(cidr);
  const offset = BigInt(index);
  if (newLength < length || newLength > widthOf(family) || offset < 0n || offset >= 1n << BigInt(newLength - length)) {
    throw new RangeError(`${cidr} has no part number ${offset} of length /${newLength}`);
  }
  const first = rangeOf(cidr).first + (offset << BigInt(widthOf(family) - newLength));
  return format(fromBigInt(family, first), newLength) as C;
}

function rangeOf(text: IpAddress | Cidr): { first: bigint; last: bigint } {
  const slash = text.indexOf('/');
  if (slash === -1) {
    const value = toBigInt(text as IpAddress);
    return { first: value, last: value };
  }
  const first = toBigInt(text.slice(0, slash) as IpAddress);
  return { first, last: first + cidrSize(text as Cidr) - 1n };
}

function parse(text: string, family: Family): string {
  const example = family === 6 ? 'fd00:20::/64' : '192.0.2.0/24';
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
  if (match === null) throw badCidr(`\`${text}\` is not an IPv${family} CIDR`, `write it like ${example}`);
  const [, addressText = '', lengthText = ''] = match;
  const length = Number(lengthText);
  if (length > widthOf(family))
    throw badCidr(`\`${text}\`: the length is more than ${widthOf(family)}`, `write it like ${example}`);
  const address = parseBase(addressText, text, family, example);
  const canonical = cidrOf(address, length);
  if (networkAddress(canonical) !== address) {
    throw badCidr(`\`${text}\` has bits set behind its length /${length}`, `did you mean ${canonical}?`);
  }
  return canonical;
}

function parseBase(addressText: string, text: string, family: Family, example: string): IpAddress {
  try {
    return family === 6 ? parseIpv6Address(addressText) : parseIpv4Address(addressText);
  } catch (cause) {
    throw badCidr(`\`${text}\` is not an IPv${family} CIDR`, `write it like ${example}`, cause);
  }
}

function format(address: IpAddress, length: number): string {
  return `${address}/${length}`;
}

function badCidr(observed: string, hint: string, cause?: unknown): DindError {
  return new DindError({
    code: 'bad-cidr',
    source: 'user',
    doing: 'reading a CIDR',
    observed,
    hint,
    exitCode: 2,
    cause,
  });
}
