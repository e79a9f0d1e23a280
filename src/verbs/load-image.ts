import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DindError } from '../errors.js';
import type { Engine, ImageState } from '../engine/types.js';
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
  const image = await engine.findImage(source);
  if (image !== undefined) {
    const names = namesToLoad(source, image);
    return () => engine.saveImages(names);
  }
  const seen = await lookAtFile(source);
  if (seen === 'a file') return () => Promise.resolve(createReadStream(source));
  throw new DindError({
    code: 'no-image',
    source: 'user',
    doing: 'loading an image',
    where: engine.endpoint,
    observed: `\`${source}\` is no image of the engine${seen}`,
    hint: 'build or pull it first, or give the path of an archive made by `docker save`',
  });
}

/** The names that the nodes know the image by: the one that was given, or all that it has where an id or a digest was given. */
export function namesToLoad(source: string, { id, tags }: Pick<ImageState, 'id' | 'tags'>): string[] {
  const named = /:[^/]+$/.test(source) ? source : `${source}:latest`;
  const names = tags.includes(named) ? [named] : tags.filter((tag) => !tag.startsWith('<none>'));
  if (names.length > 0) return names;
  throw new DindError({
    code: 'no-image',
    source: 'user',
    doing: 'loading an image',
    observed: `image ${source} has no name that a pod could use`,
    hint: `give it one: docker tag ${id} example/app:test, and load that`,
  });
}

async function lookAtFile(path: string): Promise<string> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return ', and no such file';
  if (!file.isFile()) return `, and ${file.isDirectory() ? 'a folder' : 'a special file'}, not an archive`;
  return access(path, constants.R_OK).then(
    () => 'a file',
    () => ', and a file that this user cannot read',
  );
}
