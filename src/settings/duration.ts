import { badValue } from './definition.js';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const shortestMs = 10_000;
const longestMs = 24 * 3_600_000;

/** `90s`, `5m`, `1h30m`: whole numbers with units, from 10 seconds to 24 hours. Milliseconds. */
export function parseDuration(text: string): number {
  if (/^\d+$/.test(text)) throw badValue('has no unit', `did you mean \`${text}s\` or \`${text}m\`?`);
  if (!/^(\d+h)?(\d+m)?(\d+s)?$/.test(text)) throw badValue('is not a duration');
  const durationMs = [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count = '0', unit = 's']) => sum + Number(count) * (unitMs[unit] ?? 0),
    0,
  );
  if (durationMs < shortestMs || durationMs > longestMs) throw badValue('is too short or too long');
  return durationMs;
}
