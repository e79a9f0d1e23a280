import { createPlan } from '../plan/create-plan.js';
import { nameCluster } from '../plan/names.js';
import { clusterRecord, recordVersions, type ClusterRecord } from '../plan/record.js';
import { DindError } from '../errors.js';
import type { Engine, FileEntry } from '../engine/types.js';
import { labels } from '../labels.js';
import type { Ipv6Cidr } from '../net/types.js';
import { ensureContainer } from './ensure-container.js';
import { renderGuardFiles } from '../render/guard-files.js';
import { readScript } from '../shell.js';
import { configDirectory } from './helpers/helper.js';
import { howTo } from '../how-to.js';

/** Role label of the record's volume: it goes last. */
const recordRole = 'record';

/**
 * What the cluster is; `undefined`: nothing is recorded. Two files hold the last two generations, so that a reader, or a command that was killed while
 * it wrote, always finds one that is whole. Throws DindError `record-unknown` for one of another dind64, `record-broken` when none is whole.
 */
export async function readRecord(engine: Engine, clusterName: string): Promise<ClusterRecord | undefined> {
  const where = nameCluster(clusterName).host;
  const files = ((await engine.readFiles(where, configDirectory)) ?? []).filter(({ path }) =>
    /^record-[01]\.json$/.test(path),
  );
  if (files.length === 0) return undefined;
  const records = files.flatMap((file) => parseRecord(file, where) ?? []);
  const newest = records.sort((one, other) => other.generation - one.generation)[0];
  if (newest === undefined) throw recordBroken(where);
  return newest;
}

/** `undefined`: cut short. */
function parseRecord({ content }: FileEntry, where: string): ClusterRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch {
    return undefined;
  }
  const { version, dind64 } = (value ?? {}) as { version?: unknown; dind64?: unknown };
  if (!Object.values<unknown>(recordVersions).includes(version))
    throw recordUnknown(where, String(dind64), String(version));
  const parsed = clusterRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  throw recordBroken(where, parsed.error.issues[0]);
}

/** What a record is made of besides generation and time. */
export type RecordContent = Omit<ClusterRecord, 'version' | 'generation' | 'writtenAt'>;

/** The next generation: what changes, and the rest as it was. */
export function nextRecord(previous: ClusterRecord, changes: Partial<RecordContent>): ClusterRecord {
  return { ...previous, ...changes, generation: previous.generation + 1, writtenAt: new Date().toISOString() };
}

export function firstRecord(content: RecordContent): ClusterRecord {
  const version = content.attached === undefined ? recordVersions.own : recordVersions.attached;
  return { ...content, version, generation: 1, writtenAt: new Date().toISOString() };
}

/** Changes a part of the record that is there; the rest is as it was written last. Gives the new one. To be called under the cluster's lock. */
export async function updateRecord(
  engine: Engine,
  clusterName: string,
  changes: Partial<RecordContent>,
): Promise<ClusterRecord> {
  const current = await readRecord(engine, clusterName);
  if (current === undefined) throw recordBroken(nameCluster(clusterName).host);
  const next = nextRecord(current, changes);
  await writeRecord(engine, next);
  return next;
}

/**
 * Writes a record before what it says is done, and what the guard of the host reads. The host container is made when it is not there, or anew when it must
 * hold other volumes; the record is in its volume all the while. Volumes of host changes must be there already. To be called under the cluster's lock.
 */
export async function writeRecord(engine: Engine, record: ClusterRecord): Promise<void> {
  const { clusterName } = record.settings;
  const plan = createPlan(record);
  const { host, containers } = plan;
  const file: FileEntry = {
    path: `record-${record.generation % 2}.json`,
    content: `${JSON.stringify(record, null, 2)}\n`,
  };
  if ((await engine.findVolume(host.configVolume)) === undefined)
    await engine.createVolume(host.configVolume, { [labels.cluster]: clusterName, [labels.role]: recordRole });
  // There is nothing to guard where only helpers are attached: the container holds the record alone.
  const guarded = plan.attached === undefined;
  const liveFiles = [file, ...(guarded ? renderGuardFiles(plan, record.hostRules) : [])];
  // Before it may be started: a guard that was stopped must not act on what it was told before.
  if ((await engine.findContainer(host.container)) !== undefined)
    await engine.putFiles(host.container, configDirectory, liveFiles);
  await ensureContainer(engine, {
    spec: containers.host,
    files: guarded ? [{ path: 'guard', content: readScript('host-guard.bash') }] : [],
    liveFiles,
    directory: configDirectory,
    replaceWhenDifferent: true,
  });
}

/** The pod and service CIDRs of the engine's other clusters: they are no routes of the host, but two clusters with the same ones would puzzle people. */
export async function listRecordedCidrs(engine: Engine, clusterName: string): Promise<Ipv6Cidr[]> {
  const others = (await engine.listContainers({ [labels.role]: 'host' })).flatMap((container) => {
    const name = container.labels[labels.cluster];
    return name === undefined || name === clusterName ? [] : [name];
  });
  const records = await Promise.all(others.map((name) => readRecord(engine, name).catch(() => undefined)));
  return records.flatMap((record) =>
    record === undefined ? [] : [record.addressing.podCidr, record.addressing.serviceCidr],
  );
}

/** Where only the volume is left (the container was removed by hand), a container that is never started shows it again. */
export async function recoverRecord(engine: Engine, clusterName: string, baseImage: string): Promise<void> {
  const { host } = nameCluster(clusterName);
  const [container, volume] = await Promise.all([engine.findContainer(host), engine.findVolume(host)]);
  if (container !== undefined || volume?.labels[labels.cluster] !== clusterName) return;
  await engine.createContainer({
    name: host,
    image: baseImage,
    entrypoint: ['sleep'],
    command: ['infinity'],
    labels: { [labels.cluster]: clusterName, [labels.role]: 'host' },
    network: 'none',
    mounts: [{ type: 'volume', source: host, target: configDirectory, noCopy: true }],
  });
}

/** Removes the record and its container: the last of `clean`. */
export async function removeRecord(engine: Engine, clusterName: string): Promise<void> {
  const { host } = nameCluster(clusterName);
  const [container, volume] = await Promise.all([engine.findContainer(host), engine.findVolume(host)]);
  if (container?.labels[labels.cluster] === clusterName) await engine.removeContainer(host);
  if (volume?.labels[labels.cluster] === clusterName) await engine.removeVolume(host);
}

function recordUnknown(where: string, dind64: string, version: string): DindError {
  return new DindError({
    code: 'record-unknown',
    source: 'user',
    exitCode: 2,
    doing: 'reading the record of the cluster',
    where,
    observed: `dind64 ${dind64} wrote it in version ${version}; this one reads version ${Object.values(recordVersions).join(' and ')}`,
    hint: `use dind64 ${dind64}, or remove the cluster: ${howTo('clean')}`,
  });
}

function recordBroken(where: string, issue?: { path: PropertyKey[]; message: string }): DindError {
  return new DindError({
    code: 'record-broken',
    source: 'environment',
    doing: 'reading the record of the cluster',
    where,
    observed: issue === undefined ? 'no file of it is whole' : `${issue.path.join('.')}: ${issue.message}`,
    hint: `${howTo('clean')}, then ${howTo('up')}`,
  });
}
