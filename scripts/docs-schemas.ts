import { mkdirSync, writeFileSync } from 'node:fs';
import { renderResultSchema, resultTypes } from '../src/results/schemas.js';
import type { ResultName } from '../src/results/schemas.js';

/** Writes schemas/<name>.schema.json from the result types. */
mkdirSync('schemas', { recursive: true });
for (const name of Object.keys(resultTypes) as ResultName[])
  writeFileSync(`schemas/${name}.schema.json`, renderResultSchema(name));
