import { readFileSync, writeFileSync } from 'node:fs';
import type { ModeResults } from '../bench-modes.js';
import { renderModesTable } from '../bench-nat64/render-modes.js';
import { renderNat64Table } from '../bench-nat64/render.js';
import type { Nat64Results } from '../bench-nat64/types.js';
import { replaceBetween } from '../marked-text.js';
import { readBuiltVersions } from './built-versions.js';
import { readMatrix, renderMatrix } from './kubernetes-versions.js';

/** Markdown of README.md's tables of results, by the name of their markers. */
export async function renderResults(): Promise<Record<string, string>> {
  return {
    'kubernetes-versions': renderMatrix(await readBuiltVersions(), readMatrix()),
    'bench-nat64': renderNat64Table(read<Nat64Results>('nat64')),
    'bench-modes': renderModesTable(read<ModeResults>('modes')),
  };
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`docs/bench/${name}.json`, 'utf8')) as T;
}

/** Writes them into README.md. */
export async function updateResults(): Promise<void> {
  const tables = Object.entries(await renderResults());
  writeFileSync(
    'README.md',
    tables.reduce((text, [name, table]) => replaceBetween(text, name, table), readFileSync('README.md', 'utf8')),
  );
}
