import ipaddr from 'ipaddr.js';
import { DindError } from '../errors.js';
import type { IpAddress, Ipv4Address, Ipv6Address } from './types.js';

export type Family = 4 | 6;

/** Dotted quad only: no octal, hexadecimal or short forms. Throws DindError `bad-address`. */
export function parseIpv4Address(text: string): Ipv4Address {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) throw badAddress('an IPv4 address', text, '192.0.2.1');
  return ipaddr.IPv4.parse(text).toString() as Ipv4Address;
}

/** Any RFC 4291 text without a zone; the result is RFC 5952 text. Throws DindError `bad-address`. */
export function parseIpv6Address(text: string): Ipv6Address {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) throw badAddress('an IPv6 address', text, 'fd00:20::1');
  return ipaddr.IPv6.parse(text).toRFC5952String() as Ipv6Address;
}

/** An address of either family. Throws DindError `bad-address`. */
export function parseAddress(text: string): IpAddress {
  if (text.includes(':')) return parseIpv6Address(text);
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return parseIpv4Address(text);
  throw badAddress('an IP address', text, 'fd00:20::1 or 192.0.2.1');
}

export function familyOf(address: string): Family {
  return address.includes(':') ? 6 : 4;
}

export function isIpv6(address: IpAddress): address is Ipv6Address {
  return familyOf(address) === 6;
}

/** Bits of an address of that family. */
export function widthOf(family: Family): 32 | 128 {
  return family === 6 ? 128 : 32;
}

/** The address as an unsigned integer of 32 or 128 bits. */
export function toBigInt(address: IpAddress): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** `value` must lie within 0 .. 2^32-1. */
export function ipv4FromBigInt(value: bigint): Ipv4Address {
  return new ipaddr.IPv4(toBytes(value, 4)).toString() as Ipv4Address;
}

/** `value` must lie within 0 .. 2^128-1. */
export function ipv6FromBigInt(value: bigint): Ipv6Address {
  return new ipaddr.IPv6(toBytes(value, 16)).toRFC5952String() as Ipv6Address;
}

export function fromBigInt(family: Family, value: bigint): IpAddress {
  return family === 6 ? ipv6FromBigInt(value) : ipv4FromBigInt(value);
}

function toBytes(value: bigint, length: number): number[] {
  if (value < 0n || value >= 1n << BigInt(8 * length)) {
    throw new RangeError(`${value} is not an address of ${length} bytes`);
  }
  return Array.from({ length }, (_, index) => Number((value >> BigInt(8 * (length - 1 - index))) & 0xffn));
}

function badAddress(kind: string, text: string, example: string): DindError {
  return new DindError({
    code: 'bad-address',
    source: 'user',
    doing: 'reading an address',
    observed: `\`${text}\` is not ${kind}`,
    hint: `write it like ${example}`,
    exitCode: 2,
  });
}
