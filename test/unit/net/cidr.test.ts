import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ipv6FromBigInt, parseAddress, toBigInt } from '../../../src/net/address.js';
import {
  cidrLength,
  cidrOf,
  cidrSize,
  contains,
  networkAddress,
  nthAddress,
  overlaps,
  parseCidr,
  parseIpv4Cidr,
  parseIpv6Cidr,
  subnet,
} from '../../../src/net/cidr.js';

const anyCidr = fc
  .tuple(fc.bigInt(0n, (1n << 128n) - 1n), fc.integer({ min: 0, max: 128 }))
  .map(([value, length]) => cidrOf(ipv6FromBigInt(value), length));

describe('parse', () => {
  test('gives canonical text', () => {
    expect(parseIpv6Cidr('FD00:0020:0::/64')).toBe('fd00:20::/64');
    expect(parseIpv4Cidr('198.18.0.0/15')).toBe('198.18.0.0/15');
    expect(parseCidr('0.0.0.0/0')).toBe('0.0.0.0/0');
  });

  test('names the CIDR that was probably meant when bits are set behind the length', () => {
    expect(() => parseIpv6Cidr('fd00:20::1/64')).toThrow(
      expect.objectContaining({ code: 'bad-cidr', hint: 'did you mean fd00:20::/64?' }),
    );
  });

  test.each([
    'fd00:20::',
    'fd00:20::/',
    'fd00:20::/129',
    'fd00:20::/064',
    'fd00:20::/6x',
    '10.0.0.0/8',
    '/64',
    'fd00::/64/64',
  ])('refuses %j as IPv6', (text) => {
    expect(() => parseIpv6Cidr(text)).toThrow(expect.objectContaining({ code: 'bad-cidr', exitCode: 2 }));
  });

  test.each(['10.0.0.0/33', '10.0.0.0', 'fd00::/64', '10.0/8'])('refuses %j as IPv4', (text) => {
    expect(() => parseIpv4Cidr(text)).toThrow(expect.objectContaining({ code: 'bad-cidr' }));
  });

  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyCidr, (cidr) => {
        expect(parseIpv6Cidr(cidr)).toBe(cidr);
      }),
    );
  });
});

describe('contains and overlaps', () => {
  test.each([
    ['fd00:20::/64', 'fd00:20::ffff', true],
    ['fd00:20::/64', 'fd00:20:0:1::', false],
    ['fd00:20::/64', 'fd00:20::/80', true],
    ['fd00:20::/80', 'fd00:20::/64', false],
    ['0.0.0.0/0', '::1', false],
  ])('%s contains %s: %s', (outer, inner, expected) => {
    expect(contains(parseCidr(outer), inner.includes('/') ? parseCidr(inner) : parseAddress(inner))).toBe(expected);
  });

  test('as long as the same bits lie before the shorter length, and not longer', () => {
    // Few different addresses, or no two would ever meet.
    const close = fc
      .tuple(fc.bigInt(0n, 15n), fc.bigInt(0n, 15n), fc.integer({ min: 0, max: 128 }))
      .map(([high, low, length]) => ({ value: (0xfdn << 120n) | (high << 60n) | low, length }));
    const bits = ({ value }: { value: bigint }, length: number): string =>
      value.toString(2).padStart(128, '0').slice(0, length);
    const text = ({ value, length }: { value: bigint; length: number }) => cidrOf(ipv6FromBigInt(value), length);
    fc.assert(
      fc.property(close, close, (one, other) => {
        const shorter = Math.min(one.length, other.length);
        const same = bits(one, shorter) === bits(other, shorter);
        expect(overlaps(text(one), text(other))).toBe(same);
        expect(contains(text(one), text(other))).toBe(same && one.length <= other.length);
      }),
      { numRuns: 500 },
    );
  });

  test('two CIDRs overlap exactly when the first address of one lies in the other', () => {
    fc.assert(
      fc.property(anyCidr, anyCidr, (one, other) => {
        const expected = contains(one, networkAddress(other)) || contains(other, networkAddress(one));
        expect(overlaps(one, other)).toBe(expected);
        expect(overlaps(other, one)).toBe(expected);
      }),
    );
  });
});

describe('nthAddress', () => {
  test('counts from zero', () => {
    expect(nthAddress(parseIpv6Cidr('fd00:30::/110'), 10)).toBe('fd00:30::a');
    expect(nthAddress(parseIpv4Cidr('198.18.0.0/15'), 256)).toBe('198.18.1.0');
  });

  test('ends with the CIDR', () => {
    expect(nthAddress(parseIpv6Cidr('fd00::/127'), 1)).toBe('fd00::1');
    expect(() => nthAddress(parseIpv6Cidr('fd00::/127'), 2)).toThrow(RangeError);
  });
});

describe('subnet', () => {
  test('cuts the pod CIDR into one part a node', () => {
    expect(subnet(parseIpv6Cidr('fd00:40::/72'), 80, 2)).toBe('fd00:40:0:0:2::/80');
  });

  test('every part lies in the whole and none overlaps the next', () => {
    const cut = anyCidr
      .filter((cidr) => cidrLength(cidr) <= 120)
      .chain((cidr) => fc.tuple(fc.constant(cidr), fc.integer({ min: cidrLength(cidr) + 1, max: 128 })));
    fc.assert(
      fc.property(cut, ([cidr, length]) => {
        const one = subnet(cidr, length, 0);
        const next = subnet(cidr, length, 1);
        expect(contains(cidr, one) && contains(cidr, next)).toBe(true);
        expect(overlaps(one, next)).toBe(false);
        expect(toBigInt(networkAddress(next)) - toBigInt(networkAddress(one))).toBe(cidrSize(one));
      }),
    );
  });

  test('refuses a part that is not there', () => {
    expect(() => subnet(parseIpv6Cidr('fd00:40::/72'), 80, 256)).toThrow(RangeError);
    expect(() => subnet(parseIpv6Cidr('fd00:40::/72'), 64, 0)).toThrow(RangeError);
  });
});
