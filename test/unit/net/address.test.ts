import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ipv4FromBigInt,
  ipv6FromBigInt,
  parseAddress,
  parseIpv4Address,
  parseIpv6Address,
  toBigInt,
} from '../../../src/net/address.js';

describe('parseIpv6Address', () => {
  test.each([
    ['FD00:0020:0:0:0:0:0:0001', 'fd00:20::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['::', '::'],
  ])('writes %s as RFC 5952 does: %s', (text, canonical) => {
    expect(parseIpv6Address(text)).toBe(canonical);
  });

  test.each([
    '',
    'fd00',
    'fd00:::1',
    'fe80::1%eth0',
    '192.0.2.1',
    'fd00:20::/64',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    ' ::1',
  ])('refuses %j', (text) => {
    expect(() => parseIpv6Address(text)).toThrow(/is not an IPv6 address/);
  });

  test('agrees with the WHATWG URL serializer on every address', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (value) => {
        const text = ipv6FromBigInt(value);
        expect(new URL(`http://[${text}]/`).hostname).toBe(`[${text}]`);
      }),
    );
  });

  test('compresses as the WHATWG URL serializer does, many zero groups included', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = groups.map((part) => part.toString(16)).join(':');
        expect(`[${parseIpv6Address(text)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
    );
  });
});

describe('parseIpv4Address', () => {
  test.each(['192.0.2', '0x7f.1', '010.0.0.1', '256.0.0.1', '1', '::1', '192.0.2.1/32'])('refuses %j', (text) => {
    expect(() => parseIpv4Address(text)).toThrow(/is not an IPv4 address/);
  });
});

test('parseAddress takes either family', () => {
  expect([parseAddress('192.0.2.1'), parseAddress('FD00::1')]).toEqual(['192.0.2.1', 'fd00::1']);
  expect(() => parseAddress('example.org')).toThrow('`example.org` is not an IP address');
});

test('integers and addresses are each other’s inverse', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 128n) - 1n), (value) => {
      expect(toBigInt(ipv6FromBigInt(value))).toBe(value);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 32n) - 1n), (value) => {
      expect(toBigInt(ipv4FromBigInt(value))).toBe(value);
    }),
  );
  expect(() => ipv4FromBigInt(1n << 32n)).toThrow(RangeError);
});
