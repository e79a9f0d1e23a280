import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DindError } from '../errors.js';
import { readHostsConfig, type HostsConfig } from '../hosts/config.js';
import { howTo } from '../how-to.js';

/** A hosts file, read and checked. Throws DindError `hosts-file-unreadable`, `bad-hosts-config`. */
export async function readHostsFile(file: string): Promise<HostsConfig> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DindError({
      code: 'hosts-file-unreadable',
      source: 'user',
      exitCode: 2,
      doing: 'reading the hosts file',
      where: resolve(file),
      observed: error instanceof Error ? error.message : String(error),
      hint: `name the file: --config FILE; \`${howTo('hosts init')}\` writes an example`,
      cause: error,
    });
  });
  return readHostsConfig(file, text);
}
