import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { ResultName } from '../../src/results/schemas.js';

const ajv = new Ajv2020({ allErrors: true });
const validators = new Map<ResultName, ValidateFunction>();

/** That a program's output (JSON text, or what it stands for) is what `schemas/<name>.schema.json` says, unknown fields being none. Gives the value. */
export function expectPublished(name: ResultName, output: unknown): unknown {
  const value: unknown = typeof output === 'string' ? JSON.parse(output) : output;
  const validate =
    validators.get(name) ??
    ajv.compile(
      JSON.parse(readFileSync(new URL(`../../schemas/${name}.schema.json`, import.meta.url), 'utf8')) as object,
    );
  validators.set(name, validate);
  expect(
    validate(value) ? '' : ajv.errorsText(validate.errors),
    `output against schemas/${name}.schema.json: ${JSON.stringify(value).slice(0, 2000)}`,
  ).toBe('');
  return value;
}
