import { createHash } from 'node:crypto';
import { DindError } from '../errors.js';
import type { ContainerSpec, Engine, ImageState } from '../engine/types.js';
import { labels } from '../labels.js';
import { createStaleness } from '../engine/staleness.js';
import { waitUntil } from '../wait.js';
import type { ImageContext } from './context.js';
import { readHarness } from './harness.js';
import { reportWork } from './report-work.js';
import { readRecord, removeFormerStores, storeRole, writeRecord, type StoreRecord } from './store-volumes.js';

export interface ComponentStore {
  /** Mounted read-only at /dind64-components on every node; its entry point links it into the node's own containerd. */
  volume: string;
  kubernetesVersion: string;
  images: string[];
  result: 'done' | 'unchanged';
}

/** What the script says at its end, for us and not for people. */
const resultLine = /^(kubernetes|image) /;

const storeScript = '/dind64/make-component-store';

/**
 * The component images of a node image and dind64's base image, unpacked once into a volume. That it is complete is told by the labels of an empty
 * volume beside it, made after (labels cannot be changed later). Two at once: the container's name is the lock, the second waits and finds it done.
 */
export async function ensureComponentStore(
  context: ImageContext,
  { nodeImage, base }: { nodeImage: string; base: string },
): Promise<ComponentStore> {
  const { engine, reporter } = context;
  const image = await readImage(engine, nodeImage);
  const volume = await storeName(image, base);
  const known = await readRecord(engine, volume);
  if (known !== undefined) return { ...known, volume, result: 'unchanged' };
  return reportWork<ComponentStore>(
    reporter,
    { step: 'component-store', title: 'component images unpacked', parent: 'images' },
    async (observe) => {
      for (;;) {
        const made = await makeStore(context, { volume, image, base }, observe);
        if (made !== undefined)
          return { value: { ...made, volume, result: 'done' }, result: 'done', text: `${made.images.length}` };
        observe('another dind64 is making it');
        await waitForOther(context, volume);
        const others = await readRecord(engine, volume);
        if (others !== undefined) return { value: { ...others, volume, result: 'unchanged' }, result: 'unchanged' };
      }
    },
  );
}

/** `undefined`: another one holds the container's name. */
async function makeStore(
  { engine, signal }: ImageContext,
  { volume, image, base }: { volume: string; image: ImageState; base: string },
  observe: (text: string) => void,
): Promise<StoreRecord | undefined> {
  const { createdAt } = await engine.createVolume(volume, { [labels.role]: storeRole });
  const holdsBase = image.labels[labels.base] === base;
  const spec: ContainerSpec = {
    name: volume,
    image: image.id,
    entrypoint: [storeScript],
    command: holdsBase ? [] : ['-'],
    labels: { [labels.role]: 'throw-away' },
    // Unpacking mounts file systems.
    privileged: true,
    userNamespace: 'host',
    mounts: [{ type: 'volume', source: volume, target: '/dind64-components', noCopy: true }],
    network: 'none',
  };
  const stdin = holdsBase ? undefined : await engine.saveImages([base]);
  let result;
  try {
    const onLine = (line: string): void => {
      if (!resultLine.test(line)) observe(line);
    };
    result = await engine.run(spec, {
      files: await readHarness(),
      signal,
      onLine,
      stdin,
    });
  } catch (error) {
    if (error instanceof DindError && ['name-taken', 'engine-conflict'].includes(error.code)) return undefined;
    throw error;
  } finally {
    stdin?.destroy();
  }
  if (result.exitCode !== 0) throw storeFailed(volume, image, result.exitCode, result.stderr);
  const made = { volumeCreatedAt: createdAt, ...parseOutput(result.stdout) };
  await writeRecord(engine, volume, made);
  await removeFormerStores(engine, volume);
  return made;
}

function parseOutput(output: string): { kubernetesVersion: string; images: string[] } {
  const words = (kind: string): string[] =>
    output
      .split('\n')
      .filter((line) => line.startsWith(`${kind} `))
      .map((line) => line.slice(kind.length + 1).trim());
  return { kubernetesVersion: words('kubernetes')[0] ?? '', images: words('image').sort() };
}

async function waitForOther({ engine, settings, signal }: ImageContext, name: string): Promise<void> {
  const isStale = createStaleness();
  const seen = await waitUntil(
    { condition: `${name} is made by another dind64`, limitMs: settings.timeoutMs, signal },
    async () => {
      const other = await engine.findContainer(name);
      return other === undefined || isStale(other) ? { done: other } : { seen: other.status };
    },
  );
  // Left by a dind64 that was killed.
  if (seen !== undefined) await engine.removeContainer(seen.id);
}

/** One for each node image, base image and version of the script that unpacks. */
async function storeName(image: ImageState, base: string): Promise<string> {
  const script = (await readHarness()).find(({ path }) => `/${path}` === storeScript);
  return `dind64-components-${createHash('sha256')
    .update(`${image.id} ${base} `)
    .update(script?.content ?? '')
    .digest('hex')
    .slice(0, 12)}`;
}

async function readImage(engine: Engine, reference: string): Promise<ImageState> {
  const image = await engine.findImage(reference);
  if (image !== undefined) return image;
  throw new DindError({
    code: 'image-absent',
    source: 'environment',
    doing: 'unpacking component images',
    where: reference,
    observed: 'the engine no longer has this image',
    hint: 'run the same command again',
  });
}

function storeFailed(volume: string, image: ImageState, exitCode: number, stderr: string): DindError {
  return new DindError({
    code: 'component-store-failed',
    source: 'environment',
    doing: `unpacking the component images of ${image.tags[0] ?? image.id} into volume ${volume}`,
    observed: `exit code ${exitCode}: ${stderr.trim().split('\n').slice(-20).join('\n')}`,
    hint: 'a node image must hold containerd, ctr and its images, as kindest/node does (images/node/README.md in the package)',
  });
}
