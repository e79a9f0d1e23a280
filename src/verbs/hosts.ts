import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DindError } from '../errors.js';
import { readHostsConfig } from '../hosts/config.js';
import { exampleHostsFile } from '../hosts/example.js';
import { planHosts } from '../hosts/plan.js';
import { howTo } from '../how-to.js';
import type { HostsPlan } from '../results/hosts-plan.js';

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
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DindError({
      code: 'hosts-file-unreadable',
      source: 'user',
      exitCode: 2,
      doing: 'reading the hosts file',
      where: resolve(file),
      observed: messageOf(error),
      hint: `name the file: --config FILE; \`${howTo('hosts init')}\` writes an example`,
      cause: error,
    });
  });
  return planHosts(readHostsConfig(file, text));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
