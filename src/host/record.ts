import { labels } from '../labels.js';
import type { Engine, VolumeState } from '../engine/types.js';
import type { HostChange, SharedChange } from '../plan/types.js';
import type { ForwardingUsers } from './forwarding-users.js';

export interface RecordedChange {
  volume: string;
  change: HostChange;
  /** Milliseconds since 1970, when it was recorded: volumes know only seconds. */
  at: number;
  /** Who could have used forwarding then, when it was off; absent: not known. */
  users?: ForwardingUsers;
}

/**
 * Records a host change, before it is made: an empty volume whose label holds what was there before. Its name is made from the change,
 * so the first record stays, whoever comes later: the original value is never overwritten by one that dind64 set itself.
 * It is shared by all clusters of the engine and carries no cluster label. The host containers of the clusters have it mounted, so that no prune removes it.
 */
export async function recordHostChange(engine: Engine, change: SharedChange, users?: ForwardingUsers): Promise<void> {
  const name = nameHostChange(change);
  if ((await engine.findVolume(name)) !== undefined) return;
  await engine.createVolume(name, {
    [labels.role]: 'host-change',
    [labels.hostChange]: JSON.stringify({ ...change, at: Date.now(), users }),
  });
}

/** The recorded changes, shared ones and the rules of a cluster that an older dind64 made, newest first: the order to revert them in. */
export async function listHostChanges(engine: Engine, clusterName: string): Promise<RecordedChange[]> {
  const volumes = await engine.listVolumes({ [labels.role]: 'host-change' });
  return volumes
    .filter((volume) => [undefined, clusterName].includes(volume.labels[labels.cluster]))
    .map(readRecord)
    .filter((record) => record !== undefined)
    .sort((one, other) => other.at - one.at);
}

/** Volumes of changes that all clusters share, sorted. */
export async function listSharedChangeVolumes(engine: Engine): Promise<string[]> {
  const volumes = await engine.listVolumes({ [labels.role]: 'host-change' });
  return volumes
    .filter((volume) => volume.labels[labels.cluster] === undefined)
    .map(({ name }) => name)
    .sort();
}

/** The volumes that are there and those of these changes, sorted. */
export function listChangeVolumes(present: readonly string[], changes: readonly SharedChange[]): string[] {
  return [...new Set([...present, ...changes.map(nameHostChange)])].sort();
}

export async function forgetHostChange(engine: Engine, record: RecordedChange): Promise<void> {
  await engine.removeVolume(record.volume);
}

/** The volume that records it. */
function nameHostChange(change: SharedChange): string {
  switch (change.kind) {
    case 'accept-ra':
      return `dind64-host-accept-ra-${change.device.replaceAll(/[^a-zA-Z0-9_.-]/g, (character) => `_${character.codePointAt(0)?.toString(16) ?? ''}`)}`;
    case 'forward-policy':
      return `dind64-host-forward-policy-ipv${change.family}`;
    default:
      return `dind64-host-${change.kind}`;
  }
}

function readRecord(volume: VolumeState): RecordedChange | undefined {
  const text = volume.labels[labels.hostChange];
  if (text === undefined) return undefined;
  const { at, users, ...change } = JSON.parse(text) as HostChange & Pick<RecordedChange, 'at' | 'users'>;
  return { volume: volume.name, change, at, ...(users === undefined ? {} : { users }) };
}
