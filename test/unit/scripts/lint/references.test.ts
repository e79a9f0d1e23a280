import { expect, test } from 'vitest';
import { findBrokenReferences } from '../../../../scripts/lint/references.js';

const paths = ['README.md', 'docs/use.md', 'src/plan/types.ts', 'src/main.ts'];

function find(path: string, text: string): string[] {
  return findBrokenReferences(
    [{ path, text }, ...(path === 'docs/use.md' ? [] : [{ path: 'docs/use.md', text: '# How to use `it`!\n' }])],
    paths,
  );
}

test.each([
  ['src/main.ts', '// Data alone (plan/types.ts), see README.md and docs/use.md.'],
  ['src/main.ts', "const hint = 'read docs/use.md';"],
  ['src/main.ts', "const other = 'gone.ts'; // https://example.test/gone.md"],
  ['src/main.ts', '/** In src/plan, src/plan/*.ts and src/<folder>/x.ts. */'],
  ['docs/use.md', '[up](../README.md) and [here](#how-to)\n# How to\n'],
  ['README.md', '[how](docs/use.md#how-to-use-it), [out](https://example.test/a.md), [code](src/plan)'],
])('in %s this is there: %s', (path, text) => {
  expect(find(path, text)).toEqual([]);
});

test.each([
  ['src/main.ts', '\n// As in network.md.', 'src/main.ts:2: network.md'],
  ['src/main.ts', "const hint = 'read docs/gone.md';", 'src/main.ts:1: docs/gone.md'],
  ['src/main.ts', '/** Filled by steps/types.ts. */', 'src/main.ts:1: steps/types.ts'],
  ['src/main.ts', '  # What src/gone has.', 'src/main.ts:1: src/gone'],
  ['README.md', 'It is in `src/plan/type.ts`.', 'README.md:1: src/plan/type.ts'],
  ['README.md', '[how](docs/use.md#gone)', 'README.md:1: docs/use.md#gone'],
  ['docs/use.md', '[code](src/plan)', 'docs/use.md:1: src/plan'],
])('in %s this is not: %s', (path, text, broken) => {
  expect(find(path, text)).toEqual([broken]);
});
