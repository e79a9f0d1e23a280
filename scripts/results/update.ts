import { readFileSync, writeFileSync } from 'node:fs';
import type { ModeResults } from '../bench-modes.js';
import { renderModesTable } from '../bench-nat64/render-modes.js';
import { renderNat64Table } from '../bench-nat64/render.js';
import type { Nat64Results } from '../bench-nat64/types.js';
import { replaceBetween } from '../marked-text.js';
import { readBuiltVersions } from './built-versions.js';
import { readMatrix, renderMatrix } from './kubernetes-versions.js';

/** A table in the documents: the page, the name of its markers there, and its Markdown. */
export interface ResultTable {
  page: string;
  name: string;
  table: string;
}

/** The tables that show what runs have found. */
export async function renderResults(): Promise<ResultTable[]> {
  return [
    {
      page: 'docs/node-images.md',
      name: 'kubernetes-versions',
      table: renderMatrix(await readBuiltVersions(), readMatrix()),
    },
    { page: 'docs/performance.md', name: 'bench-nat64', table: renderNat64Table(read<Nat64Results>('nat64')) },
    { page: 'README.md', name: 'bench-modes', table: renderModesTable(read<ModeResults>('modes')) },
  ];
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`docs/bench/${name}.json`, 'utf8')) as T;
}

/** Writes them into their pages. */
export async function updateResults(): Promise<void> {
  for (const { page, name, table } of await renderResults())
    writeFileSync(page, replaceBetween(readFileSync(page, 'utf8'), name, table));
}
