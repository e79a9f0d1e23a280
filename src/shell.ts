import { readFileSync } from 'node:fs';

/**
 * The text of a script of the package's shell/ folder, which says at its top what its arguments are. Given to a shell by stdin or as `-c`, where there
 * is no such file: in containers, on the engine host.
 */
export function readScript(name: string): string {
  // Beside src/ in a clone, beside dist/ in an installed package.
  return readFileSync(new URL(`../shell/${name}`, import.meta.url), 'utf8');
}
