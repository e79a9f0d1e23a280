import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DindError } from '../errors.js';
import type { Engine } from '../engine/types.js';
import type { Context } from '../cluster/context.js';
import { execInNode } from '../cluster/node.js';
import { runPhase } from '../cluster/phase.js';
import { findControlPlane, listClusterContainers } from '../cluster/access.js';

/** Puts an image of the engine's, or an archive of `docker save`, on every node; all nodes at once. */
export async function loadImage(context: Context, source: string): Promise<void> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await findControlPlane(engine, clusterName);
  const open = await openSource(engine, source);
  const nodes = await listClusterContainers(engine, clusterName, ['control-plane', 'worker']);
  await Promise.all(
    nodes.map((node) =>
      runPhase(context, `load-${node.name}`, `${source} to ${node.name}`, async () => {
        const argv = ['ctr', '-n', 'k8s.io', 'images', 'import', '--all-platforms', '--digests', '-'];
        await execInNode(engine, node.name, argv, {
          doing: `importing ${source}`,
          stdin: await open(),
          signal: context.signal,
        });
        return { value: undefined };
      }),
    ),
  );
}

/** One stream for each node. An image of the engine wins over a file of the same name. */
async function openSource(engine: Engine, source: string): Promise<() => Promise<Readable>> {
  if ((await engine.findImage(source)) !== undefined) return () => engine.saveImages([source]);
  const file = await stat(source).catch(() => undefined);
  if (file?.isFile() === true) return () => Promise.resolve(createReadStream(source));
  throw new DindError({
    code: 'no-image',
    source: 'user',
    doing: 'loading an image',
    where: engine.endpoint,
    observed: `\`${source}\` is neither an image of the engine nor a file`,
    hint: 'build or pull it first, or give the path of an archive made by `docker save`',
  });
}
