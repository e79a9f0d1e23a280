import type { Engine, ImageState } from '../engine/types.js';
import { labels } from '../labels.js';
import { kindestNodes } from './kindest.js';
import { removeComponentStores } from './store-volumes.js';

/** Role label of the layers that builds leave behind: nothing needs them once the images are tagged. */
const buildStageRole = 'build-stage';

export interface ListedImage {
  reference: string;
  sizeBytes: number;
  createdAt: string;
}

/** All images that dind64 built on this engine or pulled by itself. */
export async function listImages(engine: Engine): Promise<ListedImage[]> {
  const built = (await engine.listImages({ [labels.content]: undefined })).flatMap((image) =>
    image.tags.map((tag) => describe(tag, image)),
  );
  const pulled = await Promise.all(
    Object.values(kindestNodes).map(async (reference) => {
      const image = await engine.findImage(reference);
      return image === undefined ? [] : [describe(reference, image)];
    }),
  );
  return [...built, ...pulled.flat()].sort((one, other) => (one.reference < other.reference ? -1 : 1));
}

/** Removes them all, the component stores and what builds left behind. An image that a container uses is kept, and named with the reason. */
export async function removeImages(
  engine: Engine,
): Promise<{ removed: string[]; kept: { reference: string; reason: string }[] }> {
  const removed: string[] = [];
  const kept: { reference: string; reason: string }[] = [];
  await removeComponentStores(engine);
  // Those made last first: they stand on the others.
  const images = (await listImages(engine)).sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  for (const { reference } of images) {
    try {
      await engine.removeImage(reference);
      removed.push(reference);
    } catch (error) {
      kept.push({ reference, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  await removeBuildStages(engine);
  return { removed, kept };
}

/** Gigabytes of toolchain and of intermediate layers. One that a build at this moment uses stays. */
export async function removeBuildStages(engine: Engine): Promise<void> {
  for (const stage of await engine.listImages({ [labels.role]: buildStageRole })) {
    if (stage.tags.length === 0) await engine.removeImage(stage.id).catch(() => undefined);
  }
}

function describe(reference: string, { sizeBytes, createdAt }: ImageState): ListedImage {
  return { reference, sizeBytes, createdAt };
}
