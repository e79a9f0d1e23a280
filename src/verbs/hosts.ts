import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DindError } from '../errors.js';
import { exampleHostsFile } from '../hosts/example.js';
import { planHosts } from '../hosts/plan.js';
import type { HostsPlan } from '../results/hosts-plan.js';
import { readHostsFile } from './read-hosts-file.js';

/** Writes a commented example of a hosts file; its absolute path. Throws DindError `hosts-file-exists`, `hosts-file-not-written`. */
export async function initHostsFile(file: string): Promise<string> {
  const path = resolve(file);
  await writeFile(path, exampleHostsFile, { flag: 'wx' }).catch((error: unknown) => {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new DindError({
      code: exists ? 'hosts-file-exists' : 'hosts-file-not-written',
      source: exists ? 'user' : 'environment',
      exitCode: exists ? 2 : 1,
      doing: 'writing an example of a hosts file',
      where: path,
      observed: exists ? 'it is there, and was left as it is' : messageOf(error),
      hint: 'name another file: --config FILE',
      cause: error,
    });
  });
  return path;
}

/** What each host of a hosts file gets; no host is asked. Throws DindError `hosts-file-unreadable`, `bad-hosts-config`. */
export async function planHostsFile(file: string): Promise<HostsPlan> {
  return planHosts(await readHostsFile(file));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
