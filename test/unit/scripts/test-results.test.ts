import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countResults, summarize } from '../../../scripts/test-results.mjs';

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'dind64-results-')), 'report.json');
});
afterEach(() => {
  rmSync(path.dirname(file), { recursive: true });
});

function count(files: { status: string; results: string[] }[] | undefined, status: number): object {
  if (files !== undefined) {
    writeFileSync(
      file,
      JSON.stringify({
        testResults: files.map((one) => ({
          name: 'a.test.ts',
          message: 'cannot be loaded',
          status: one.status,
          assertionResults: one.results.map((result) => ({ status: result, fullName: `it ${result}` })),
        })),
      }),
    );
  }
  return countResults(file, status);
}

test('tests are counted one by one', () => {
  expect(
    count(
      [
        { status: 'failed', results: ['passed', 'failed', 'skipped', 'pending', 'todo'] },
        { status: 'passed', results: ['passed'] },
      ],
      1,
    ),
  ).toEqual({ passed: 2, failed: 1, skipped: 3, failures: ['a.test.ts: it failed'] });
});

test('a file that cannot be loaded is one failure', () => {
  expect(
    count(
      [
        { status: 'failed', results: [] },
        { status: 'passed', results: ['passed'] },
      ],
      1,
    ),
  ).toEqual({ passed: 1, failed: 1, skipped: 0, failures: ['a.test.ts: cannot be loaded'] });
});

test('a bad end without a failed test is one failure', () => {
  expect(count([{ status: 'passed', results: ['passed'] }], 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: ['the tests ended with 1'],
  });
});

test('a crash before the report was written is one failure', () => {
  expect(count(undefined, 134)).toEqual({ passed: 0, failed: 1, skipped: 0, failures: ['the tests ended with 134'] });
});

test('no tests at all are nothing', () => {
  expect(count([], 0)).toEqual({ passed: 0, failed: 0, skipped: 0, failures: [] });
});

test('the last line', () => {
  expect(summarize({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(summarize({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
