import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBetween } from '../../../scripts/marked-text.js';
import { renderMatrix, type MatrixRow } from '../../../scripts/results/kubernetes-versions.js';
import { renderResults } from '../../../scripts/results/update.js';

/** Seen to fail with a figure of docs/bench/nat64.json changed, and with a version of images/node/versions.json. */
test.runIf(existsSync('docs'))('the tables of results in the documents are what the runs have found', async () => {
  for (const { page, name, table } of await renderResults())
    expect(readBetween(readFileSync(page, 'utf8'), name), 'run `npm run docs:results`').toBe(table);
});

test('a minor that failed, one that passed with other versions than today’s, and one that never ran are told as such', () => {
  const row: MatrixRow = {
    kubernetes: '1.10.2',
    etcd: '3.6.0',
    coredns: '1.14.0',
    aaaaOn: { passed: 13, of: 13 },
    aaaaOff: { passed: 4, of: 5 },
    ranOn: '2026-11-23',
  };
  const built = { version: '1.10.2', etcd: '3.6.0', coredns: '1.14.0' };
  const table = renderMatrix(
    { '1.8': built, '1.9': { ...built, version: '1.9.1' }, '1.10': built },
    { '1.9': row, '1.10': row },
  );
  expect(table.split('\n').slice(2)).toEqual([
    '| `1.10` | 1.10.2 | 3.6.0 | 1.14.0 | passed (13 tests) | **failed**: 4 of 5 tests passed | 2026-11-23 |',
    '| `1.9` | 1.9.1 | 3.6.0 | 1.14.0 | not run | not run |  |',
    '| `1.8` | 1.10.2 | 3.6.0 | 1.14.0 | not run | not run |  |',
  ]);
});
