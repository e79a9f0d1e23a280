// Seen to fail when a field was added to a result type without `npm run docs:schemas`, and with a schema file of no type.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { renderResultSchema, resultTypes } from '../../../src/results/schemas.js';
import type { ResultName } from '../../../src/results/schemas.js';
import { expectPublished } from '../../support/published-schema.js';

const names = Object.keys(resultTypes) as ResultName[];

test.each(names)('schemas/%s.schema.json is what the result type says', (name) => {
  expect(readFileSync(`schemas/${name}.schema.json`, 'utf8'), 'run `npm run docs:schemas`').toBe(
    renderResultSchema(name),
  );
});

test('no schema is left of a result that is gone', () => {
  expect(readdirSync('schemas').sort()).toEqual(names.map((name) => `${name}.schema.json`).sort());
});

test('a field that no schema knows, and one that is missing, are refused', () => {
  expectPublished('aaaa', { aaaa: true, reason: 'asked', changed: false, durationMs: 3 });
  expect(() =>
    expectPublished('aaaa', { aaaa: true, reason: 'asked', changed: false, durationMs: 3, more: 1 }),
  ).toThrow();
  expect(() => expectPublished('aaaa', { aaaa: true })).toThrow();
});
