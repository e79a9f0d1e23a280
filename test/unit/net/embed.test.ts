import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ipv4FromBigInt, parseIpv4Address, parseIpv6Address } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { embedIpv4, extractIpv4, nat64PrefixProblem, wellKnownPrefix } from '../../../src/net/embed.js';

const local = parseIpv6Cidr('fd00:10:64:ff9b::/96');

test('RFC 6052 2.4: the well-known prefix and 192.0.2.33', () => {
  expect(embedIpv4(wellKnownPrefix, parseIpv4Address('192.0.2.33'))).toBe('64:ff9b::c000:221');
});

test('RFC 6052 2.4: 2001:db8:122:344::/96', () => {
  expect(embedIpv4(parseIpv6Cidr('2001:db8:122:344::/96'), parseIpv4Address('192.0.2.33'))).toBe('2001:db8:122:344::c000:221');
});

test('extracting is the inverse of embedding', () => {
  fc.assert(fc.property(fc.bigInt(0n, (1n << 32n) - 1n), (value) => {
    const address = ipv4FromBigInt(value);
    expect(extractIpv4(local, embedIpv4(local, address))).toBe(address);
  }));
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
