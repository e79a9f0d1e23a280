import { expect, test } from 'vitest';
import { median, percentile } from '../../../scripts/bench-nat64/statistics.js';

test('medians and percentiles are of what was measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([7, 1, 5, 3, 2, 6, 4])).toBe(4);
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99)).toBe(10);
  expect(
    percentile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      50,
    ),
  ).toBe(51);
});
