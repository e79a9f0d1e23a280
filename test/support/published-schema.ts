import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { ResultName } from '../../src/results/schemas.js';

/** That a program's output (JSON text, or what it stands for) is what `schemas/<name>.schema.json` says, unknown fields being none. Gives the value. */
export function expectPublished(name: ResultName, output: unknown): unknown {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  const ajv = new Ajv2020({ allErrors: true });
  const isValid = ajv.validate(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')), value);
  expect(isValid ? '' : ajv.errorsText(), `output against schemas/${name}.schema.json: ${JSON.stringify(value).slice(0, 2000)}`).toBe('');
  return value;
}
