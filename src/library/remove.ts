import { readOptions, type ClusterOptions } from '../settings/options.js';
import { clean } from '../verbs/down.js';
import { composeContext, type RunOptions } from './compose.js';

/** Removes a cluster by its name. Whatever made it may have been aborted; its removal is not. */
export async function removeCluster(
  { name, engine }: Pick<ClusterOptions, 'name' | 'engine'>,
  { reporter, env }: Pick<RunOptions, 'reporter' | 'env'>,
): Promise<void> {
  await clean(composeContext(readOptions({ name, engine }, env), { reporter }, 'if-made'), { images: false });
}
