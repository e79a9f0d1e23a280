import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from './identity.js';
import type { LabNamespace, LabProfile } from './types.js';

/** All that is needed to use or remove a lab from another process: `<directory>/record.json`. */
export interface LabRecord {
  instance: string;
  profile: LabProfile;
  ipv6Setup: 'static' | 'router-advertisement';
  engineHost: 'namespace' | 'tap';
  resolvers: string[];
  /** Names of `ip netns`. */
  namespaces: Record<LabNamespace, string>;
  /** Whose end makes this lab stale: while it starts, whoever starts it; after that undefined means that only its box's end does. */
  owner?: ProcessIdentity;
  /** `nsenter`/`unshare` outside and the first process of the box; absent while it starts. */
  box?: { outer: ProcessIdentity; init: ProcessIdentity };
  /** Set before the engine starts, so that whoever removes a half-made lab ends it too. */
  hasEngine: boolean;
  engineEndpoint?: string;
  startedAt: string;
}

/** Volatile, as namespaces are: nothing is left of either after a reboot. */
export const recordsDirectory = '/run/dind64-lab';

export function instanceDirectory(instance: string): string {
  return join(recordsDirectory, instance);
}

/** Atomic, so that a reader never sees half a record. */
export async function writeRecord(record: LabRecord): Promise<void> {
  const directory = instanceDirectory(record.instance);
  await mkdir(directory, { recursive: true });
  const scratch = join(directory, `record.json.${process.pid}`);
  await writeFile(scratch, `${JSON.stringify(record, null, 2)}\n`);
  await rename(scratch, join(directory, 'record.json'));
}

export async function readRecord(instance: string): Promise<LabRecord | undefined> {
  try {
    return JSON.parse(await readFile(join(instanceDirectory(instance), 'record.json'), 'utf8')) as LabRecord;
  } catch {
    return undefined;
  }
}

export async function listRecords(): Promise<LabRecord[]> {
  const names = await readdir(recordsDirectory).catch(() => []);
  return (await Promise.all(names.map(readRecord))).filter((record) => record !== undefined);
}

/** Whether whoever started it, or its box, is gone. */
export async function isStale(record: LabRecord): Promise<boolean> {
  if (record.owner !== undefined && !(await isRunning(record.owner))) return true;
  return record.box !== undefined && !(await isRunning(record.box.init));
}
