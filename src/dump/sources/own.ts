import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../settings/types.js';
import type { Source } from '../source.js';

/** dind64's own view: what it was told, and the logs of its last runs. */
export async function listOwnSources({ settings, paths, engine, notices }: Environment): Promise<Source[]> {
  const logs = path.join(paths.state, 'logs');
  const names = (await readdir(logs).catch((): string[] => []))
    .filter((name) => name.endsWith('.log'))
    .sort()
    .slice(-5);
  return [
    {
      path: 'settings.json',
      about: "settings, and what Docker's client is told",
      read: async () =>
        JSON.stringify(
          { settings, engine, notices, node: process.version, platform: `${process.platform} ${process.arch}` },
          null,
          2,
        ),
    },
    ...names.map((name): Source => ({
      path: `runs/${name}`,
      about: 'log of a run of dind64',
      read: () => readFile(path.join(logs, name), 'utf8'),
    })),
  ];
}
