import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readEnvFile } from '../../../src/settings/sources.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dind64-env-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Name -> value, and name -> line, as read from that text. */
function read(text: string): { values: Record<string, string>; lines: Record<string, string>; unread: string[] } {
  writeFileSync(path.join(directory, '.env'), text);
  const { given, unread } = readEnvFile(directory);
  return {
    values: Object.fromEntries([...given].map(([name, { value }]) => [name, value])),
    lines: Object.fromEntries([...given].map(([name, { source }]) => [name, source])),
    unread: unread.map(({ name, source }) => `${name} ${source}`),
  };
}

const name = fc.stringMatching(/^DIND_[A-Z0-9_]{1,12}$/);
// What settings are written with; quotes, # and blanks are the writing styles' matter.
const value = fc.stringMatching(/^[\w.:/+@%~-]{1,20}$/);
const blanks = fc.constantFrom('', ' ', '\t', '  ');
const writing = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => `"${text}"`,
  (text) => `'${text}'`,
  (text) => `${text} # why`,
  (text) => `"${text}" # "why"`,
  (text) => `${text}  `,
);
const line = fc
  .tuple(fc.constantFrom('', 'export '), name, blanks, value, blanks, writing)
  .map(([prefix, key, before, text, after, write]) => ({
    key,
    text,
    line: `${before}${prefix}${key}${before}=${after}${write(text)}`,
  }));
const filler = fc.constantFrom('', '# DIND_CNI=commented', '   ', '#', 'OTHER=1');

test('every way to write a value gives that value, with its line; the last one wins', () => {
  const file = fc.tuple(
    fc.array(fc.oneof(line, filler), { maxLength: 12 }),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\uFEFF'),
    fc.boolean(),
  );
  fc.assert(
    fc.property(file, ([rows, end, mark, endsWithLine]) => {
      const { values, lines, unread } = read(
        `${mark}${rows.map((row) => (typeof row === 'string' ? row : row.line)).join(end)}${endsWithLine ? end : ''}`,
      );
      const wanted = new Map(
        rows.flatMap((row, index): [string, [string, number]][] =>
          typeof row === 'string' ? [] : [[row.key, [row.text, index + 1]]],
        ),
      );
      const { OTHER: _, ...settings } = values;
      expect(settings).toEqual(Object.fromEntries([...wanted].map(([key, [text]]) => [key, text])));
      for (const [key, [, at]] of wanted) expect(lines[key]).toBe(`.env:${at}`);
      expect(unread).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a line with a setting’s name is read or reported, never passed over in silence, whatever stands behind it', () => {
  fc.assert(
    fc.property(
      name,
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).filter((text) => !/[\w.-]/.test(text[0] ?? '')),
      (key, rest) => {
        const { values, unread } = read(`${key}${rest}`);
        const isEmpty = /^\s*[=:]\s*(#.*|""|''|``|"\s*"|'\s*'|`\s*`)?\s*$/.test(rest);
        expect(isEmpty || key in values || unread.includes(`${key} .env:1`)).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('any bytes at all are a file that can be read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      writeFileSync(path.join(directory, '.env'), bytes);
      expect(() => readEnvFile(directory)).not.toThrow();
    }),
  );
});
