import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderNat64Table } from '../../../scripts/bench-nat64/render.js';
import { median, percentile } from '../../../scripts/bench-nat64/statistics.js';
import type { Nat64Results } from '../../../scripts/bench-nat64/types.js';
import { readBetween } from '../../../scripts/marked-text.js';

/** Seen to fail with a figure of docs/bench/nat64.json changed. */
test('the performance table of README.md is what the last bench has measured', () => {
  const results = JSON.parse(readFileSync('docs/bench/nat64.json', 'utf8')) as Nat64Results;
  expect(readBetween(readFileSync('README.md', 'utf8'), 'bench-nat64'), 'run `npm run docs:bench`').toBe(renderNat64Table(results));
});

test('medians and percentiles are of what was measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([7, 1, 5, 3, 2, 6, 4])).toBe(4);
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99)).toBe(10);
  expect(percentile(Array.from({ length: 100 }, (_, index) => index + 1), 50)).toBe(51);
});
