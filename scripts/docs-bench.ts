import { readFileSync, writeFileSync } from 'node:fs';
import type { ModeResults } from './bench-modes.js';
import { renderModesTable } from './bench-nat64/render-modes.js';
import { renderNat64Table } from './bench-nat64/render.js';
import type { Nat64Results } from './bench-nat64/types.js';
import { replaceBetween } from './marked-text.js';

/** Draws README.md's performance tables from the figures that `npm run bench -- nat64` and `-- modes` have left. */
const read = <T>(name: string): T => JSON.parse(readFileSync(`docs/bench/${name}.json`, 'utf8')) as T;
const tables = { 'bench-nat64': renderNat64Table(read<Nat64Results>('nat64')), 'bench-modes': renderModesTable(read<ModeResults>('modes')) };
writeFileSync('README.md', Object.entries(tables).reduce((text, [mark, table]) => replaceBetween(text, mark, table), readFileSync('README.md', 'utf8')));
