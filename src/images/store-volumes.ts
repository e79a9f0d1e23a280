import { z } from 'zod';
import { DindError } from '../errors.js';
import type { Engine, VolumeState } from '../engine/types.js';
import { labels } from '../labels.js';

/** Role label of the volumes with unpacked component images. */
export const storeRole = 'image-store';

const record = z.object({ volumeCreatedAt: z.string(), kubernetesVersion: z.string(), images: z.array(z.string()) });

/** What is known of a complete store: labels of the empty volume beside it. */
export type StoreRecord = z.infer<typeof record>;

/** `undefined`: the store is not complete. A volume that was removed and made again by a mount would be empty: it has another time of creation. */
export async function readRecord(engine: Engine, volume: string): Promise<StoreRecord | undefined> {
  const [store, beside] = await Promise.all([engine.findVolume(volume), engine.findVolume(recordName(volume))]);
  if (store === undefined || beside === undefined) return undefined;
  const parsed = parseRecord(beside);
  if (parsed?.volumeCreatedAt === store.createdAt) return parsed;
  await engine.removeVolume(beside.name);
  return undefined;
}

function parseRecord(volume: VolumeState): StoreRecord | undefined {
  try {
    return record.parse(JSON.parse(volume.labels[labels.imageStore] ?? ''));
  } catch {
    return undefined;
  }
}

/** Says that the store is complete. */
export async function writeRecord(engine: Engine, volume: string, made: StoreRecord): Promise<void> {
  await engine.createVolume(recordName(volume), {
    [labels.role]: 'image-store-record',
    [labels.imageStore]: JSON.stringify(made),
  });
}

/** Removes all component stores that no container uses. */
export async function removeComponentStores(engine: Engine): Promise<void> {
  for (const { name } of await engine.listVolumes({ [labels.role]: storeRole })) await removeStore(engine, name);
}

/** Stores of former node images take most of a gigabyte each. The newest two stay, `wanted`, and any that a container uses. */
export async function removeFormerStores(engine: Engine, wanted: string): Promise<void> {
  const stores = await engine.listVolumes({ [labels.role]: storeRole });
  const former = stores.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1)).slice(2);
  for (const { name } of former) if (name !== wanted) await removeStore(engine, name);
}

/** The record goes only with the store: a store that is in use stays complete. */
async function removeStore(engine: Engine, name: string): Promise<void> {
  try {
    await engine.removeVolume(name);
  } catch (error) {
    if (error instanceof DindError && error.code === 'engine-object-in-use') return;
    throw error;
  }
  await engine.removeVolume(recordName(name));
}

function recordName(volume: string): string {
  return `${volume}-complete`;
}
