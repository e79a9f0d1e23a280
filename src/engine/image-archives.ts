import type { Readable } from 'node:stream';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { ask, engineError } from './engine-error.js';
import { failureOf, readMessages } from './progress-messages.js';
import type { Connection } from './transport.js';
import type { ImagePlatform } from './types.js';

/** Makes a one-layer image of a root filesystem tarball (plain, gzip, xz or zstd). */
export async function importImage(
  connection: Connection,
  tarball: Readable,
  { tag, labels, signal }: { tag: string; labels: Record<string, string>; signal: AbortSignal | undefined },
): Promise<void> {
  const doing = `importing image ${tag}`;
  throwIfInterrupted(signal, doing, connection.endpoint);
  try {
    const body = await archives(connection).importImage(tarball, {
      repo: tag,
      changes: Object.entries(labels).map(renderLabel),
      abortSignal: signal,
    });
    for await (const message of readMessages(body)) throwFailure(failureOf(message));
  } catch (error) {
    if (signal?.aborted === true) throw interruptError(signal, doing, connection.endpoint);
    throw engineError(error, doing, connection.endpoint);
  }
}

/** One archive (`docker save`) of several images. */
export async function saveImages(
  connection: Connection,
  references: string[],
  platform?: ImagePlatform,
): Promise<Readable> {
  const doing = `saving images ${references.join(', ')}`;
  const query = { names: references, ...(platform === undefined ? {} : { platform: JSON.stringify(platform) }) };
  return ask(connection.endpoint, doing, () => archives(connection).getImages(query));
}

/** Loads an archive; answers with the tags (or ids) that were in it. */
export async function loadImages(connection: Connection, archive: Readable): Promise<string[]> {
  return ask(connection.endpoint, 'loading an image archive', async () => {
    const loaded: string[] = [];
    const body = await archives(connection).loadImage(archive);
    for await (const message of readMessages(body)) {
      throwFailure(failureOf(message));
      const name = /^Loaded image(?: ID)?: (.+)$/m.exec(message.stream ?? '')?.[1];
      if (name !== undefined) loaded.push(name.trim());
    }
    return loaded;
  });
}

/** A Dockerfile's LABEL line; `$` would be a variable there. */
export function renderLabel([name, value]: [string, string]): string {
  const quote = (text: string): string => `"${text.replaceAll(/["\\$]/g, '\\$&')}"`;
  return `LABEL ${quote(name)}=${quote(value)}`;
}

/** dockerode's verbs for archives, as they are; its types miss one of them and the streams of the others. */
interface ArchiveApi {
  importImage(
    tarball: Readable,
    options: { repo: string; changes: string[]; abortSignal: AbortSignal | undefined },
  ): Promise<Readable>;
  getImages(options: { names: string[]; platform?: string }): Promise<Readable>;
  loadImage(archive: Readable): Promise<Readable>;
}

function archives({ docker }: Connection): ArchiveApi {
  return docker as unknown as ArchiveApi;
}

function throwFailure(failure: string | undefined): void {
  if (failure !== undefined) throw new Error(failure);
}
