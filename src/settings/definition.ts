import { z } from 'zod';
import { DindError } from '../errors.js';

/** One setting: how it is read and how it is described. `.env.example` and the table of docs/settings.md are written from these. */
export interface Definition<T> {
  name: `DIND_${string}`;
  /** Text that is read when the user gives none; without it the setting is then `undefined`. */
  default?: string;
  /** What the documents say in the default's place, where a text of its own says more. */
  defaultMeaning?: string;
  meaning: string;
  /** Follows `allowed: ` in an error. */
  allowed: string;
  schema: z.ZodType<T, string>;
}

/** A schema from a function that reads text; what it throws as DindError becomes the problem's text. */
export function readBy<T>(read: (text: string) => T): z.ZodType<T, string> {
  return z.string().transform((text, context): T => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof DindError)) throw error;
      context.addIssue({
        code: 'custom',
        message: error.hint === undefined ? error.observed : `${error.observed}; ${error.hint}`,
      });
      return z.NEVER;
    }
  });
}

/** A problem with one value, for use inside of `readBy`. */
export function badValue(observed: string, hint?: string): DindError {
  return new DindError({
    code: 'bad-value',
    source: 'user',
    doing: 'reading a setting',
    observed,
    exitCode: 2,
    hint,
  });
}

/** One of some words, exactly. `near` maps what people write instead to the word they mean. */
export function word<const T extends string>(
  words: readonly T[],
  near: Readonly<Record<string, T>> = {},
): z.ZodType<T, string> {
  return readBy((text) => {
    const found = words.find((candidate) => candidate === text);
    if (found !== undefined) return found;
    const meant = near[text.toLowerCase()] ?? words.find((candidate) => candidate === text.toLowerCase());
    throw badValue('is none of its words', meant === undefined ? undefined : `did you mean \`${meant}\`?`);
  });
}

/** Entries between commas or blanks; every entry is read by itself. */
export function listOf<T>(read: (entry: string) => T): z.ZodType<T[], string> {
  return readBy((text) => splitList(text).map(read));
}

export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}
