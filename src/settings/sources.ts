import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'dotenv';
import { DindError } from '../errors.js';
import type { Given } from './types.js';

/** `.env` of a directory, read once. */
export interface EnvFile {
  /** Values that are not empty, by name. */
  given: ReadonlyMap<string, Given>;
  /** Lines that begin with a `DIND_` name and that dotenv passes over in silence. */
  unread: readonly { name: string; source: string }[];
}

/** Values of the environment that are not empty: empty means not set. */
export function readProcessEnvironment(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, Given> {
  return new Map(
    Object.entries(env).flatMap(([name, value]): [string, Given][] =>
      isSet(value) ? [[name, { value: value.trim(), source: 'environment' }]] : [],
    ),
  );
}

/** `.env` in `directory`; no such file, or a folder of that name (as Python's virtual environments have), is the same as an empty one. Throws DindError `bad-settings` when it cannot be read. */
export function readEnvFile(directory: string): EnvFile {
  const text = readText(path.join(directory, '.env'));
  const values = parse(text);
  const lines = findLines(text);
  const source = (name: string): string => `.env:${lines.get(name) ?? '?'}`;
  return {
    given: new Map(
      Object.entries(values).flatMap(([name, value]): [string, Given][] =>
        isSet(value) ? [[name, { value: value.trim(), source: source(name) }]] : [],
      ),
    ),
    unread: [...lines.keys()]
      .filter((name) => name.startsWith('DIND_') && !(name in values))
      .map((name) => ({ name, source: source(name) })),
  };
}

/** Name -> number of the last line that begins with it: dotenv, too, lets the last one win. */
function findLines(text: string): Map<string, number> {
  return new Map(
    text.split(/\r\n|\n|\r/).flatMap((line, index): [string, number][] => {
      const name = /^\s*(?:export\s+)?([\w.-]+)/.exec(line)?.[1];
      return name === undefined ? [] : [[name, index + 1]];
    }),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code))) return '';
    throw new DindError({
      code: 'bad-settings',
      source: 'user',
      doing: 'reading the settings',
      where: file,
      exitCode: 2,
      cause: error,
      observed: error instanceof Error ? error.message : String(error),
      hint: 'make .env a readable file, or remove it',
    });
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}
