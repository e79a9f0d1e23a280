import { ensureImages } from '../images/ensure.js';
import { listImages } from '../images/list.js';
import type { Context } from '../cluster/context.js';
import type { ImageStatus } from '../cluster/results.js';
import { imageContext } from './contexts.js';

/** Makes or pulls all that `up` needs, and lists every image that dind64 keeps. */
export async function images(context: Context): Promise<ImageStatus[]> {
  const engine = await context.connect();
  const needed = await ensureImages(imageContext(context, engine));
  const purposes = new Map([
    [needed.base, 'base'],
    [needed.dns64, 'dns64'],
    [needed.nat64, 'nat64'],
    [needed.api, 'api'],
    [needed.node, `node ${needed.nodeVersion}`],
  ]);
  return (await listImages(engine)).map(({ reference, sizeBytes }) => ({
    purpose: purposes.get(reference) ?? 'not needed now',
    reference,
    present: true,
    sizeBytes,
  }));
}
