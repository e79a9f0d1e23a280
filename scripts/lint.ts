import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $, ProcessOutput } from 'zx';
import { findProgramObstacle, installPrograms } from '../test/lab/programs.js';
import { filterShell, listFiles } from './lint/files.js';
import { findBrokenReferences } from './lint/references.js';

/**
 * The lint level of `npm test`: its checks side by side, each a test that passes, fails or is skipped with its reason. The file that the
 * first argument names gets a report in vitest's form. A check that cannot be carried out is skipped, unless DIND64_REQUIRE names `lint`.
 */
interface Check {
  title: string;
  obstacle?: string | undefined;
  /** Throws what is wrong. */
  run(): Promise<unknown>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const required = (process.env['DIND64_REQUIRE'] ?? '').split(',').includes('lint');
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const shellcheck = { shellcheck: 'shellcheck' } as const;

const run = $({ cwd: root, quiet: true });
const files = await listFiles(root);
const checks: Check[] = [
  { title: 'eslint', run: () => run`${dependency('eslint/bin/eslint.js')} . --max-warnings=0` },
  {
    title: 'prettier',
    run: () =>
      run`${dependency('prettier/bin/prettier.cjs')} --check --cache --cache-strategy=content --ignore-unknown --log-level=warn ${files}`,
  },
  {
    title: 'references',
    run: async () => {
      // Its own test names what is not there.
      const named = files.filter((path) => path !== 'test/unit/scripts/lint/references.test.ts');
      const texts = named.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
      const broken = findBrokenReferences(texts, files);
      if (broken.length > 0) throw new Error(['named, and not in the tree:', ...broken].join('\n'));
    },
  },
  { title: 'knip', run: () => run`${dependency('knip/bin/knip.js')} --no-progress` },
  {
    title: 'shellcheck',
    obstacle: findProgramObstacle(shellcheck),
    run: async () => {
      await installPrograms(shellcheck, say);
      await run`shellcheck ${filterShell(root, files)}`;
    },
  },
];

const assertionResults = await Promise.all(
  checks.map(async (check) => ({ fullName: check.title, status: await carryOut(check) })),
);
const status = assertionResults.some((result) => result.status === 'failed') ? 'failed' : 'passed';
const [, , report] = process.argv;
if (report !== undefined)
  writeFileSync(report, JSON.stringify({ testResults: [{ name: 'scripts/lint.ts', status, assertionResults }] }));
if (status === 'failed') process.exitCode = 1;

async function carryOut(check: Check): Promise<'passed' | 'failed' | 'skipped'> {
  const { title, obstacle } = check;
  if (obstacle !== undefined && !required) {
    say(`- ${title}: skipped (${obstacle})`);
    return 'skipped';
  }
  const began = Date.now();
  try {
    await check.run();
    say(`✓ ${title} (${Math.round((Date.now() - began) / 1000)} s)`);
    return 'passed';
  } catch (error) {
    say(`✗ ${title}\n${describe(error)}`);
    return 'failed';
  }
}

/** What a program printed is what is wrong; its stack is not. */
function describe(error: unknown): string {
  if (error instanceof ProcessOutput) return `${error.stdout}${error.stderr}`.trimEnd();
  return error instanceof Error ? error.message : String(error);
}

function dependency(program: string): string[] {
  return [process.execPath, `node_modules/${program}`];
}
