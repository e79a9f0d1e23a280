// npm test [-- LEVEL...]: lint, types, unit, integration, e2e (or the levels named); hard, matrix, vm and bench on request.
// The last line of stdout is always `N passed, N failed[, N skipped]`. Only node:* is imported: dependencies may not be there yet.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNodeVersion, ensureDependencies, SetupError } from '../bin/prepare.mjs';
import { countResults, summarize } from './test-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const defaultLevels = ['lint', 'types', 'unit', 'integration', 'e2e'];
const allLevels = [...defaultLevels, 'hard', 'matrix', 'vm', 'bench'];

const scratch = mkdtempSync(path.join(tmpdir(), 'dind64-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
let running;

process.on('exit', () => {
  running?.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
  if (total.passed === 0 || total.failed > 0) process.exitCode = 1;
  writeSync(1, `${failures.map((what) => `\nfailed: ${what}`).join('')}\n${summarize(total)}\n`);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop(signal));
process.on('uncaughtException', (error) => fail(error instanceof SetupError ? error.message : error.stack));

const levels = process.argv.length > 2 ? process.argv.slice(2) : defaultLevels;
const unknown = levels.filter((level) => !allLevels.includes(level));
if (unknown.length > 0) fail(`there is no level ${unknown.join(', ')}; there are: ${allLevels.join(', ')}`);

assertNodeVersion(process.versions.node);
await ensureDependencies(root);
const required = (process.env.DIND64_REQUIRE ?? '').split(',').filter((level) => level !== '');
for (const level of levels) {
  process.stdout.write(`\n== ${level}\n`);
  const counts = await runLevel(level);
  if (required.includes(level) && counts.passed === 0 && counts.failed === 0) {
    counts.failed += 1;
    counts.failures = ['every test was skipped, and DIND64_REQUIRE names this level'];
  }
  for (const name of Object.keys(total)) total[name] += counts[name];
  failures.push(...(counts.failures ?? []).map((what) => `${level}: ${what.replace(`${root}`, '')}`));
}

async function runLevel(level) {
  if (level === 'types')
    return asOne(await run(['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']));
  const report = path.join(scratch, `${level}.json`);
  const argv =
    level === 'lint'
      ? ['--import', 'tsx', 'scripts/lint.ts', report]
      : [
          'node_modules/vitest/vitest.mjs',
          'run',
          '--project',
          level,
          '--passWithNoTests',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
        ];
  return countResults(report, await run(argv));
}

/** Runs Node with this terminal as its output; its exit code or signal. */
function run(argv) {
  return new Promise((resolve) => {
    running = spawn(process.execPath, argv, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
    running.once('error', (error) => resolve(error.message));
    running.once('close', (code, signal) => {
      running = undefined;
      resolve(code ?? signal);
    });
  });
}

function asOne(status) {
  return status === 0
    ? { passed: 1, failed: 0, skipped: 0 }
    : { passed: 0, failed: 1, skipped: 0, failures: [`ended with ${status}`] };
}

/** The tests get time to take down what they made. */
function stop(signal) {
  if (running === undefined) fail(`stopped by ${signal}`);
  running.once('close', () => fail(`stopped by ${signal}`));
  running.kill(signal);
  setTimeout(() => fail(`stopped by ${signal}, and the tests did not end`), 30_000);
}

function fail(text) {
  console.error(text);
  total.failed += 1;
  process.exit(1);
}
