import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOverlaps, pickFreeSubnet } from '../../../src/net/allocate.js';
import { cidrOf, contains, networkAddress, overlaps, parseIpv6Cidr, subnet } from '../../../src/net/cidr.js';

const pool = parseIpv6Cidr('fd00:20::/56');

test('starts at the seed and steps over what is taken, round the end', () => {
  expect(pickFreeSubnet(pool, 64, 258n, [])).toBe('fd00:20:0:2::/64');
  expect(pickFreeSubnet(pool, 64, 255n, [subnet(pool, 64, 255)])).toBe('fd00:20::/64');
});

test('a full pool gives nothing', () => {
  expect(pickFreeSubnet(pool, 64, 0n, [parseIpv6Cidr('fd00::/16')])).toBeUndefined();
});

test('a pick is inside the pool and overlaps nothing taken', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 1n << 64n),
      fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { maxLength: 200 }),
      (seed, indexes) => {
        const taken = indexes.map((index) => subnet(pool, 64, index));
        const picked = pickFreeSubnet(pool, 64, seed, taken);
        expect(picked !== undefined && contains(pool, picked) && !taken.some((other) => overlaps(other, picked))).toBe(
          true,
        );
      },
    ),
  );
});

test('nothing is picked only when nothing is free; what is taken may have any length and lie anywhere', () => {
  const small = parseIpv6Cidr('fd00:20::/60');
  const parts = Array.from({ length: 16 }, (_, index) => subnet(small, 64, index));
  const anywhere = fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 58, max: 128 }))
    .map(([index, length]) => cidrOf(networkAddress(parts[index] ?? small), length));
  fc.assert(
    fc.property(fc.bigInt(0n, 1n << 64n), fc.array(anywhere, { maxLength: 30 }), (seed, taken) => {
      const free = parts.filter((part) => !taken.some((other) => overlaps(other, part)));
      const picked = pickFreeSubnet(small, 64, seed, taken);
      if (free.length === 0) expect(picked).toBeUndefined();
      else expect(free).toContain(picked);
      expect(pickFreeSubnet(small, 64, seed, [...taken].reverse())).toBe(picked);
    }),
  );
});

test('findOverlaps names the pairs', () => {
  const cidrs = ['fd00:20::/64', 'fd00:30::/110', 'fd00:20::/80', 'fd00::/16'].map(parseIpv6Cidr);
  expect(findOverlaps(cidrs)).toEqual([
    [0, 2],
    [0, 3],
    [1, 3],
    [2, 3],
  ]);
});
