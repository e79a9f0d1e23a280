import { widthOf, familyOf } from './address.js';
import { cidrLength, overlaps, subnet } from './cidr.js';
import type { Cidr } from './types.js';

/** Subnets tried before the search ends: far more than any engine has networks. */
const attempts = 4096n;

/**
 * The first part of `pool` with that length that overlaps nothing in `taken`, beginning at part `seed` modulo the number
 * of parts: the same seed and surroundings give the same part. `undefined` when none of the parts tried is free.
 */
export function pickFreeSubnet<C extends Cidr>(
  pool: C,
  length: number,
  seed: bigint,
  taken: readonly Cidr[],
): C | undefined {
  if (length < cidrLength(pool) || length > widthOf(familyOf(pool)))
    throw new RangeError(`${pool} cannot be cut into parts of length /${length}`);
  const parts = 1n << BigInt(length - cidrLength(pool));
  const tries = parts < attempts ? parts : attempts;
  for (let step = 0n; step < tries; step += 1n) {
    const candidate = subnet(pool, length, (seed + step) % parts);
    if (!taken.some((other) => overlaps(candidate, other))) return candidate;
  }
  return undefined;
}

/** Every pair of entries that overlap, as indexes into `cidrs`. */
export function findOverlaps(cidrs: readonly Cidr[]): [number, number][] {
  return cidrs.flatMap((one, index) =>
    cidrs
      .slice(index + 1)
      .flatMap((other, offset): [number, number][] => (overlaps(one, other) ? [[index, index + 1 + offset]] : [])),
  );
}
