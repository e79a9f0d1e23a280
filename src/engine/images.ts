import { ask, askForOptional, vanished } from './engine-error.js';
import { labelFilters } from './label-filters.js';
import type { Connection } from './transport.js';
import type { ImageState } from './types.js';

/** An image by tag, digest or id; `undefined` when there is none. */
export async function findImage({ docker, endpoint }: Connection, reference: string): Promise<ImageState | undefined> {
  const image = await askForOptional(endpoint, `looking for image ${reference}`, () =>
    docker.getImage(reference).inspect(),
  );
  if (image === undefined) return undefined;
  return {
    id: image.Id,
    tags: image.RepoTags ?? [],
    labels: image.Config?.Labels ?? {},
    sizeBytes: image.Size,
    createdAt: image.Created,
    env: image.Config?.Env ?? [],
    entrypoint: [image.Config?.Entrypoint ?? []].flat(),
  };
}

/** An image that must be there now: it was just made. */
export async function readImage(connection: Connection, reference: string): Promise<ImageState> {
  const image = await findImage(connection, reference);
  if (image !== undefined) return image;
  throw vanished(`reading image ${reference}`, connection.endpoint);
}

/** All images with these labels; a label without a value matches any. */
export async function listImages(
  connection: Connection,
  labelFilter: Record<string, string | undefined>,
): Promise<ImageState[]> {
  const found = await ask(connection.endpoint, 'listing images', () =>
    connection.docker.listImages({ filters: labelFilters(labelFilter) }),
  );
  const images = await Promise.all(found.map((image) => findImage(connection, image.Id)));
  return images.filter((image) => image !== undefined);
}

/** Gives an image a further name, `[registry/]repository:tag`. */
export async function tagImage({ docker, endpoint }: Connection, reference: string, name: string): Promise<void> {
  const colon = name.lastIndexOf(':');
  await ask(endpoint, `naming image ${reference} ${name}`, () =>
    docker.getImage(reference).tag({ repo: name.slice(0, colon), tag: name.slice(colon + 1) }),
  );
}

/** Removes a tag, and the image with its last tag; absent is fine. */
export async function removeImage({ docker, endpoint }: Connection, reference: string): Promise<void> {
  await askForOptional(endpoint, `removing image ${reference}`, () => docker.getImage(reference).remove());
}
