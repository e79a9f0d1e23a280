import { readdir, readlink, rm, rmdir, stat } from 'node:fs/promises';
import { DindError } from '../../src/errors.js';
import { runCommand } from './command.js';
import { endProcess, readIdentity } from './identity.js';
import { instanceDirectory, isStale, listRecords, recordsDirectory, type LabRecord } from './record.js';

/** Removes a lab by its record, whatever state it is in: processes, namespaces, files. Idempotent. */
export async function removeLab(record: LabRecord): Promise<void> {
  if (record.hasEngine) await (await import('./engine.js')).stopLabEngine(record.instance);
  const paths = Object.values(record.namespaces).map((name) => `/run/netns/${name}`);
  if (record.box !== undefined) await Promise.all([endProcess(record.box.init), endProcess(record.box.outer)]);
  await endInhabitants(paths);
  // Two processes may clear the same stale lab: what counts is that it is gone.
  const { stderr } = await runCommand(['ip', '-force', '-batch', '-'], {
    stdin: paths.map((path) => `netns delete ${path.slice('/run/netns/'.length)}\n`).join(''),
  });
  const left = (await Promise.all(paths.map(async (path) => ((await exists(path)) ? path : undefined)))).filter(
    (path) => path !== undefined,
  );
  if (left.length > 0)
    throw new DindError({
      code: 'lab-not-removed',
      source: 'environment',
      doing: "removing the lab's network namespaces",
      where: left.join(' '),
      observed: stderr.trim(),
    });
  await rm(instanceDirectory(record.instance), { recursive: true, force: true });
  // Only the last one finds it empty.
  await rmdir(recordsDirectory).catch(() => undefined);
}

/** Removes the labs whose owner or box is gone. Returns their instances. */
export async function pruneLabs(): Promise<string[]> {
  const stale = (
    await Promise.all((await listRecords()).map(async (record) => ((await isStale(record)) ? record : undefined)))
  ).filter((record) => record !== undefined);
  for (const record of stale) await removeLab(record);
  return stale.map(({ instance }) => instance);
}

/** Ends what still runs in the lab's network namespaces: only the lab starts anything there. */
async function endInhabitants(paths: string[]): Promise<void> {
  const wanted = new Set(
    (await Promise.all(paths.map((path) => stat(path).catch(() => undefined))))
      .filter((found) => found !== undefined)
      .map(({ ino }) => `net:[${ino}]`),
  );
  if (wanted.size === 0) return;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      const link = await readlink(`/proc/${pid}/ns/net`).catch(() => '');
      if (!wanted.has(link)) return;
      const identity = await readIdentity(Number(pid));
      if (identity !== undefined) await endProcess(identity);
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
