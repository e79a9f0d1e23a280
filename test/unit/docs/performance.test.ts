import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ModeResults } from '../../../scripts/bench-modes.js';
import { renderModesTable } from '../../../scripts/bench-nat64/render-modes.js';
import { renderNat64Table } from '../../../scripts/bench-nat64/render.js';
import { median, percentile } from '../../../scripts/bench-nat64/statistics.js';
import type { Nat64Results } from '../../../scripts/bench-nat64/types.js';
import { readBetween } from '../../../scripts/marked-text.js';

/** Seen to fail with a figure of docs/bench/nat64.json changed. */
test('the performance tables of README.md are what the last benches have measured', () => {
  const read = <T>(name: string): T => JSON.parse(readFileSync(`docs/bench/${name}.json`, 'utf8')) as T;
  const readme = readFileSync('README.md', 'utf8');
  expect(readBetween(readme, 'bench-nat64'), 'run `npm run docs:bench`').toBe(renderNat64Table(read<Nat64Results>('nat64')));
  expect(readBetween(readme, 'bench-modes'), 'run `npm run docs:bench`').toBe(renderModesTable(read<ModeResults>('modes')));
});

test('medians and percentiles are of what was measured', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([7, 1, 5, 3, 2, 6, 4])).toBe(4);
  expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99)).toBe(10);
  expect(percentile(Array.from({ length: 100 }, (_, index) => index + 1), 50)).toBe(51);
});
