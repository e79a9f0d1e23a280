import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DindError } from '../errors.js';
import type { ContainerSpec, Engine, ImageState, VolumeState } from '../engine/types.js';
import { labels } from '../labels.js';
import { waitUntil } from '../wait.js';
import type { ImageContext } from './context.js';
import { readHarness } from './harness.js';
import { reportWork } from './report-work.js';

export interface ComponentStore {
  /** Mounted read-only at /dind64-components on every node; its entry point links it into the node's own containerd. */
  volume: string;
  kubernetesVersion: string;
  images: string[];
  result: 'done' | 'unchanged';
}

const storeScript = '/dind64/make-component-store';

const record = z.object({ volumeCreatedAt: z.string(), kubernetesVersion: z.string(), images: z.array(z.string()) });
type StoreRecord = z.infer<typeof record>;

/**
 * The component images of a node image and dind64's base image, unpacked once into a volume. That it is complete is told by the labels of an empty
 * volume beside it, made after (labels cannot be changed later). Two at once: the container's name is the lock, the second waits and finds it done.
 */
export async function ensureComponentStore(context: ImageContext, { nodeImage, base }: { nodeImage: string; base: string }): Promise<ComponentStore> {
  const { engine, reporter } = context;
  const image = await readImage(engine, nodeImage);
  const volume = await storeName(image, base);
  const known = await readRecord(engine, volume);
  if (known !== undefined) return { ...known, volume, result: 'unchanged' };
  return reportWork<ComponentStore>(reporter, { step: 'component-store', title: 'component images unpacked', parent: 'images' }, async (observe) => {
    for (;;) {
      const made = await makeStore(context, volume, image, base, observe);
      if (made !== undefined) return { value: { ...made, volume, result: 'done' }, result: 'done', text: `${made.images.length}` };
      observe('another dind64 is making it');
      await waitForOther(context, volume);
      const others = await readRecord(engine, volume);
      if (others !== undefined) return { value: { ...others, volume, result: 'unchanged' }, result: 'unchanged' };
    }
  });
}

/** Removes all component stores that no container uses. */
export async function removeComponentStores(engine: Engine): Promise<void> {
  for (const { name } of await engine.listVolumes({ [labels.role]: 'image-store' })) {
    await engine.removeVolume(recordName(name)).catch(() => undefined);
    await engine.removeVolume(name).catch(() => undefined);
  }
}

/** `undefined`: another one holds the container's name. */
async function makeStore({ engine, signal }: ImageContext, volume: string, image: ImageState, base: string, observe: (text: string) => void): Promise<StoreRecord | undefined> {
  const { createdAt } = await engine.createVolume(volume, { [labels.role]: 'image-store' });
  const holdsBase = image.labels[labels.base] === base;
  const spec: ContainerSpec = {
    name: volume,
    image: image.id,
    entrypoint: [storeScript],
    command: holdsBase ? [] : ['-'],
    labels: { [labels.role]: 'throw-away' },
    // Unpacking mounts file systems.
    privileged: true,
    mounts: [{ type: 'volume', source: volume, target: '/dind64-components', noCopy: true }],
    network: 'none',
  };
  const stdin = holdsBase ? undefined : await engine.saveImages([base]);
  let result;
  try {
    result = await engine.run(spec, { files: await readHarness(), signal, onLine: observe, ...(stdin === undefined ? {} : { stdin }) });
  } catch (error) {
    if (error instanceof DindError && ['name-taken', 'engine-conflict'].includes(error.code)) return undefined;
    throw error;
  } finally {
    stdin?.destroy();
  }
  if (result.exitCode !== 0) throw storeFailed(volume, image, result.exitCode, result.stderr);
  const made = { volumeCreatedAt: createdAt, ...parseOutput(result.stdout) };
  await engine.createVolume(recordName(volume), { [labels.role]: 'image-store-record', [labels.imageStore]: JSON.stringify(made) });
  return made;
}

function parseOutput(output: string): { kubernetesVersion: string; images: string[] } {
  const words = (kind: string): string[] => output.split('\n').filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1).trim());
  return { kubernetesVersion: words('kubernetes')[0] ?? '', images: words('image').sort() };
}

/** A volume that was removed and made again by a mount would be empty: it has another time of creation. */
async function readRecord(engine: Engine, volume: string): Promise<StoreRecord | undefined> {
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

async function waitForOther({ engine, settings, signal }: ImageContext, name: string): Promise<void> {
  const seen = await waitUntil({ condition: `${name} is made by another dind64`, limitMs: settings.timeoutMs, signal }, async () => {
    const other = await engine.findContainer(name);
    return other === undefined || other.status === 'exited' || other.status === 'dead' ? { done: other } : { seen: other.status };
  });
  // Left by a dind64 that was killed.
  if (seen !== undefined) await engine.removeContainer(seen.id);
}

/** One for each node image, base image and version of the script that unpacks. */
async function storeName(image: ImageState, base: string): Promise<string> {
  const script = (await readHarness()).find(({ path }) => `/${path}` === storeScript);
  return `dind64-components-${createHash('sha256').update(`${image.id} ${base} `).update(script?.content ?? '').digest('hex').slice(0, 12)}`;
}

function recordName(volume: string): string {
  return `${volume}-complete`;
}

async function readImage(engine: Engine, reference: string): Promise<ImageState> {
  const image = await engine.findImage(reference);
  if (image !== undefined) return image;
  throw new DindError({ code: 'image-absent', source: 'environment', doing: 'unpacking component images', where: reference, observed: 'the engine no longer has this image', hint: 'run the same command again' });
}

function storeFailed(volume: string, image: ImageState, exitCode: number, stderr: string): DindError {
  return new DindError({
    code: 'component-store-failed', source: 'environment', doing: `unpacking the component images of ${image.tags[0] ?? image.id} into volume ${volume}`,
    observed: `exit code ${exitCode}: ${stderr.trim().split('\n').slice(-20).join('\n')}`,
    hint: 'a node image must hold containerd, ctr and its images as dind64 or kind build it (README, Node images); is the disk full?',
  });
}
