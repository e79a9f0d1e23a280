/**
 * Every command that a page shows, against the program that there is. Seen to fail with `npm run aaa -- on`, `npm run status -- --jsn`, `npm run verify -- now`,
 * `npm run docs:setings`, `DIND_NUM_WORKERS=two npm run up`, `DIND_WORKERS`, a flag and a verb too many in the table of docs/commands.md, a verb left out of it,
 * an input and an output that the action does not have, and a line of `curl` in a block.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { describe, expect, it, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.js';
import { definitions } from '../../../src/settings/definitions.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { readDocumentedCommands } from '../../support/documented-commands.js';

const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
const documents = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', ...pages.map((name) => path.join('docs', name))];
const texts = documents.map((page) => ({ page, text: readFileSync(page, 'utf8') }));
const commands = texts.flatMap(({ page, text }) => readDocumentedCommands(page, text));

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const program = createProgram(() => Promise.resolve(), {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
});
const verbs = program.commands.map((command) => command.name());

/** Programs that are not ours, in blocks: the test that runs the line for real, or why none does. */
const others: Readonly<Record<string, string>> = {
  'git clone <this repository> dind64': 'test/e2e/fresh-clone.test.ts',
  'cd dind64': 'test/e2e/fresh-clone.test.ts',
  'kubectl get nodes -o wide': 'kubectl’s own; test/e2e/fresh-clone.test.ts asks for the nodes',
  'kubectl run try -it --rm --restart=Never --image=busybox -- nslookup -type=aaaa github.com':
    'its image and its name are of the world; test/e2e/dual-dns-table.test.ts asks the same of a pod',
  'kind create cluster --config kind.yaml': 'test/hard/v4only-attach-kind.test.ts',
};

describe('every command', () => {
  it.each(commands.map((command) => [command.where, command.argv.join(' '), command]))('%s: %s', async (...row) => {
    const { argv } = row[2];
    const [tool = '', ...rest] = argv;
    if (tool === 'npm') return checkScript(rest[0] === 'run' ? rest.slice(1) : rest);
    if (tool === 'dind64') return checkVerb(rest);
    if (tool === 'npx') return expect(existsSync(path.join('node_modules/.bin', rest[0] ?? ''))).toBe(true);
    expect(others).toHaveProperty([argv.join(' ')]);
  });

  it('of others that is listed stands in a page, and in a test that is there', () => {
    const shown = commands.map(({ argv }) => argv.join(' '));
    expect(Object.keys(others).filter((line) => !shown.includes(line))).toEqual([]);
    const named = Object.values(others).flatMap((reason) => reason.match(/test\/\S+\.ts/g) ?? []);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });
});

async function checkScript([name = '', ...rest]: string[]): Promise<void> {
  expect(scripts).toHaveProperty([name]);
  // What stands before `--` npm takes for itself.
  if (rest.length > 0) expect(rest[0]).toBe('--');
  if (verbs.includes(name)) await checkVerb([name, ...rest.slice(1)]);
}

/** Throws CommanderError for what the program does not know; no verb is carried out. */
async function checkVerb(argv: string[]): Promise<void> {
  await program.parseAsync(argv, { from: 'user' });
}

test('the table of commands has every verb, and no flag that a verb does not know', () => {
  const { text = '' } = texts.find(({ page }) => page === 'docs/commands.md') ?? {};
  const rows = [...text.matchAll(/^\| (`.*?`) \| (.*) \|$/gm)].map(([, names = '', what = '']) => ({
    names: [...names.matchAll(/(?:^|, )`([a-z][a-z0-9-]*)/g)].map(([, name = '']) => name),
    flags: `${names} ${what}`.match(/(?<=[ `])--[a-z][a-z-]*/g) ?? [],
  }));
  expect([...new Set(rows.flatMap(({ names }) => names))].sort()).toEqual([...verbs].sort());
  const unknown = rows.flatMap(({ names, flags }) =>
    names.flatMap((name) => {
      const known = program.commands.find((command) => command.name() === name)?.options.map(({ long }) => long) ?? [];
      return flags.filter((flag) => !known.includes(flag)).map((flag) => `${name} ${flag}`);
    }),
  );
  expect(unknown).toEqual([]);
});

test('every setting that a page names is one', () => {
  const known = new Set<string>(Object.values(definitions).map(({ name }) => name));
  const named = texts
    // It is about the names of another program.
    .filter(({ page }) => page !== 'docs/kubeadm-dind-cluster.md')
    .flatMap(({ page, text }) =>
      [...text.matchAll(/\bDIND_(?!NAME\b)[A-Z0-9_]+\b/g)].map(([name]) => `${page}: ${name}`),
    );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((one) => !known.has(one.replace(/.*: /, '')))).toEqual([]);
});

test('every value that a page gives a setting is read', () => {
  const given = texts.flatMap(({ page, text }) =>
    [...text.matchAll(/\b(DIND_(?!NAME\b)[A-Z0-9_]+)=([^\s`)|,;]+)/g)].map(([, name = '', value = '']) => ({
      page,
      name,
      value,
    })),
  );
  expect(given.length).toBeGreaterThan(10);
  for (const { page, name, value } of given)
    expect(
      () => readEnvironment({ HOME: '/nonexistent', [name]: filled(value) }, process.cwd()),
      `${page}: ${name}=${value}`,
    ).not.toThrow();
});

/** What a reader puts something of his own for. */
function filled(value: string): string {
  return value.replace('NAME', 'name').replace('path/to/manifest.yaml', 'package.json');
}

test('workflows give the action inputs that it has, and read outputs that it has', () => {
  const action = parse(readFileSync('action.yml', 'utf8')) as Record<'inputs' | 'outputs', Record<string, unknown>>;
  const blocks = texts.flatMap(({ text }) =>
    [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, code = '']) => code),
  );
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) {
    const inputs = findSteps(parse(block))
      .filter(({ uses = '' }) => uses.includes('dind64@'))
      .flatMap((step) => Object.keys(step.with ?? {}));
    const outputs = [...block.matchAll(/steps\.\w+\.outputs\.(\w+)/g)].map(([, name = '']) => name);
    expect(inputs.filter((name) => !(name in action.inputs))).toEqual([]);
    expect(outputs.filter((name) => !(name in action.outputs))).toEqual([]);
  }
});

interface Step {
  uses?: string;
  with?: Record<string, unknown>;
}

/** Steps alone, or those of a workflow's jobs. */
function findSteps(block: unknown): Step[] {
  if (Array.isArray(block)) return block as Step[];
  const { jobs = {} } = block as { jobs?: Record<string, { steps: Step[] }> };
  return Object.values(jobs).flatMap(({ steps }) => steps);
}
