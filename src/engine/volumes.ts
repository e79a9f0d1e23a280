import { ask, askForOptional, vanished } from './engine-error.js';
import { labelFilters } from './label-filters.js';
import type { Connection } from './transport.js';
import type { VolumeState } from './types.js';

interface ApiVolume {
  Name: string;
  Labels?: Record<string, string> | null;
  CreatedAt?: string;
  Mountpoint: string;
}

/** A volume by its name; `undefined` when there is none. */
export async function findVolume({ docker, endpoint }: Connection, name: string): Promise<VolumeState | undefined> {
  const volume = await askForOptional(endpoint, `looking for volume ${name}`, () => docker.getVolume(name).inspect());
  return volume === undefined ? undefined : volumeState(volume);
}

/** All volumes with these labels; a label without a value matches any. */
export async function listVolumes(
  { docker, endpoint }: Connection,
  labelFilter: Record<string, string | undefined>,
): Promise<VolumeState[]> {
  const found = await ask(endpoint, 'listing volumes', () =>
    docker.listVolumes({ filters: JSON.stringify(labelFilters(labelFilter)) }),
  );
  return (found.Volumes ?? []).map(volumeState);
}

/** Makes a volume. One that exists stays as it is, with its own labels: the answer tells which. */
export async function createVolume(
  connection: Connection,
  name: string,
  labels: Record<string, string>,
  fileSystem?: 'bpf',
): Promise<VolumeState> {
  const doing = `creating volume ${name}`;
  await ask(connection.endpoint, doing, () =>
    connection.docker.createVolume({
      Name: name,
      Labels: labels,
      ...(fileSystem === undefined ? {} : { Driver: 'local', DriverOpts: { type: fileSystem, device: fileSystem } }),
    }),
  );
  const volume = await findVolume(connection, name);
  if (volume !== undefined) return volume;
  throw vanished(doing, connection.endpoint);
}

/** Removes a volume; absent is fine, in use is an error. */
export async function removeVolume({ docker, endpoint }: Connection, name: string): Promise<void> {
  await askForOptional(endpoint, `removing volume ${name}`, () => docker.getVolume(name).remove());
}

function volumeState(volume: ApiVolume): VolumeState {
  return {
    name: volume.Name,
    labels: volume.Labels ?? {},
    createdAt: volume.CreatedAt ?? '',
    mountpoint: volume.Mountpoint,
  };
}
