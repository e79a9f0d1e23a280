import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DindError } from '../../../src/errors.js';
import {
  ipv4FromBigInt,
  ipv6FromBigInt,
  parseIpv4Address,
  parseIpv6Address,
  toBigInt,
} from '../../../src/net/address.js';
import { cidrOf, contains, networkAddress, parseIpv6Cidr } from '../../../src/net/cidr.js';
import { embedIpv4, extractIpv4, nat64PrefixProblem, wellKnownPrefix } from '../../../src/net/embed.js';
import { parseNat64Prefix } from '../../../src/settings/addresses.js';

const local = parseIpv6Cidr('fd00:10:64:ff9b::/96');

test('RFC 6052 2.4: the well-known prefix and 192.0.2.33', () => {
  expect(embedIpv4(wellKnownPrefix, parseIpv4Address('192.0.2.33'))).toBe('64:ff9b::c000:221');
});

test('RFC 6052 2.4: 2001:db8:122:344::/96', () => {
  expect(embedIpv4(parseIpv6Cidr('2001:db8:122:344::/96'), parseIpv4Address('192.0.2.33'))).toBe(
    '2001:db8:122:344::c000:221',
  );
});

test('extracting is the inverse of embedding', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 32n) - 1n), (value) => {
      const address = ipv4FromBigInt(value);
      expect(extractIpv4(local, embedIpv4(local, address))).toBe(address);
    }),
  );
});

/** Every prefix that is accepted: /96 with bits 64 to 71 zero. */
const fitPrefix = fc
  .tuple(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt(0n, (1n << 24n) - 1n))
  .map(([high, low]) => parseIpv6Cidr(`${ipv6FromBigInt((high << 64n) | (low << 32n))}/96`));
const anyIpv4 = fc.bigInt(0n, (1n << 32n) - 1n).map(ipv4FromBigInt);

test('whatever the prefix: the last 32 bits are the IPv4 address, the others the prefix, and both ways lead back', () => {
  fc.assert(
    fc.property(fitPrefix, anyIpv4, (prefix, address) => {
      const embedded = embedIpv4(prefix, address);
      const hex = address
        .split('.')
        .map((part) => Number(part).toString(16).padStart(2, '0'))
        .join('');
      expect(toBigInt(embedded).toString(16).padStart(32, '0').slice(24)).toBe(hex);
      expect(contains(prefix, embedded)).toBe(true);
      expect(extractIpv4(prefix, embedded)).toBe(address);
    }),
    { numRuns: 500 },
  );
});

test('whatever lies in a prefix is one IPv4 address and leads back to itself; what does not is none', () => {
  fc.assert(
    fc.property(fitPrefix, fc.bigInt(0n, (1n << 32n) - 1n), fc.integer({ min: 32, max: 127 }), (prefix, low, bit) => {
      const inside = ipv6FromBigInt(toBigInt(networkAddress(prefix)) | low);
      const found = extractIpv4(prefix, inside);
      expect(found === undefined ? undefined : embedIpv4(prefix, found)).toBe(inside);
      expect(extractIpv4(prefix, ipv6FromBigInt(toBigInt(inside) ^ (1n << BigInt(bit))))).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('every other length, and every bit among 64 to 71, is refused, by the setting too', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 128n) - 1n), fc.integer({ min: 0, max: 128 }), (value, length) => {
      const prefix = cidrOf(ipv6FromBigInt(value), length);
      const fit = length === 96 && ((toBigInt(networkAddress(prefix)) >> 56n) & 0xffn) === 0n;
      expect(nat64PrefixProblem(prefix) === undefined).toBe(fit);
      if (fit) return;
      expect(() => embedIpv4(prefix, parseIpv4Address('192.0.2.1'))).toThrow(RangeError);
      expect(() => parseNat64Prefix(prefix)).toThrow(DindError);
    }),
    { numRuns: 500 },
  );
});

test('an address outside of the prefix stands for nothing', () => {
  expect(extractIpv4(local, parseIpv6Address('64:ff9b::c000:221'))).toBeUndefined();
});

test('a prefix is unfit by length or by bits 64 to 71', () => {
  expect(nat64PrefixProblem(local)).toBeUndefined();
  expect(nat64PrefixProblem(parseIpv6Cidr('64:ff9b:1::/48'))).toMatch('/48; only /96');
  expect(nat64PrefixProblem(parseIpv6Cidr('fd00:10:64:ff9b:100::/96'))).toMatch('64 to 71');
  expect(nat64PrefixProblem(parseIpv6Cidr('fd00:10:64:ff9b:ff::/96'))).toBeUndefined();
  expect(() => embedIpv4(parseIpv6Cidr('64:ff9b:1::/48'), parseIpv4Address('192.0.2.1'))).toThrow(RangeError);
});
