import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';

/** The repository's files as git has them, those that are not committed yet included: paths below `root`, sorted. */
export async function listFiles(root: string): Promise<string[]> {
  const { stdout } = await $({ cwd: root, quiet: true })`git ls-files -z --cached --others --exclude-standard`;
  return [...new Set(stdout.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
}

/** What of `paths` a shell runs, by extension or first line. */
export function filterShell(root: string, paths: readonly string[]): string[] {
  return paths.filter(
    (path) => /\.(sh|bash)$/.test(path) || /^#!.*\b(ba|da)?sh\b/.test(readFirstLine(join(root, path))),
  );
}

function readFirstLine(path: string): string {
  return readFileSync(path, 'latin1').split('\n', 1)[0] ?? '';
}
