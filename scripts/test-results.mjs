import { readFileSync } from 'node:fs';

/**
 * Counts of one vitest run from its JSON report. A file that could not be loaded and a run that ended badly without a failed test
 * (an unhandled rejection, a crash before the report was written) are one failure each.
 * `failures` names them.
 */
export function countResults(reportFile, status) {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const file of readReport(reportFile)?.testResults ?? []) {
    for (const { status: result, fullName } of file.assertionResults) {
      if (result === 'passed') counts.passed += 1;
      else if (result === 'failed') fail(counts, `${file.name}: ${fullName}`);
      else counts.skipped += 1;
    }
    if (file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'))
      fail(counts, `${file.name}: ${file.message}`);
  }
  if (status !== 0 && counts.failed === 0) fail(counts, `the tests ended with ${status}`);
  return counts;
}

function fail(counts, what) {
  counts.failed += 1;
  counts.failures.push(what);
}

/** The line that stands at the end of every run. */
export function summarize({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
