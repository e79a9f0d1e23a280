import { readFileSync, writeFileSync } from 'node:fs';
import { renderNat64Table } from './bench-nat64/render.js';
import type { Nat64Results } from './bench-nat64/types.js';
import { replaceBetween } from './marked-text.js';

/** Draws README.md's performance table from the figures that `npm run bench -- nat64` has left. */
const results = JSON.parse(readFileSync('docs/bench/nat64.json', 'utf8')) as Nat64Results;
writeFileSync('README.md', replaceBetween(readFileSync('README.md', 'utf8'), 'bench-nat64', renderNat64Table(results)));
