import { readFileSync } from 'node:fs';

/** dind64's own version, from its package. */
export function readOwnVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
