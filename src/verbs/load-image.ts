import { constants, createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { DindError } from '../errors.js';
import type { Engine, ImageState } from '../engine/types.js';
import type { Context } from '../cluster/context.js';
import { execInNode } from '../cluster/node.js';
import { hasImage, readNodeImages } from '../cluster/node-images.js';
import { runPhase } from '../cluster/phase.js';
import { findControlPlane, listClusterContainers } from '../cluster/access.js';

/** One that was found: an image of the engine's by the names that pods use, or an archive. */
type Source = { source: string } & ({ names: string[]; id: string } | { file: string });
type EngineImage = Extract<Source, { names: string[] }>;

/**
 * Puts images of the engine's, or archives of `docker save` and of OCI, on every node; all nodes at once. What is not there is an error before anything is sent. Of the
 * engine's images each node gets what it does not have, all in one archive that is made once.
 */
export async function loadImages(context: Context, sources: readonly string[]): Promise<void> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await findControlPlane(engine, clusterName);
  const found = await Promise.all(sources.map((source) => findSource(engine, source)));
  const nodes = await listClusterContainers(engine, clusterName, ['control-plane', 'worker']);
  const names = nodes.map(({ name }) => name);
  const images = found.filter((source): source is EngineImage => 'names' in source);
  if (images.length > 0) await loadFromEngine(context, { engine, nodes: names, images });
  for (const source of found) if ('file' in source) await loadFile(context, { engine, nodes: names, ...source });
}

async function loadFromEngine(
  context: Context,
  { engine, nodes, images }: { engine: Engine; nodes: readonly string[]; images: readonly EngineImage[] },
): Promise<void> {
  const { signal } = context;
  const info = await engine.info();
  const missing = await Promise.all(
    nodes.map(async (node) => {
      const present = await readNodeImages(engine, node, signal);
      return images.filter((image) => !hasImage(present, image));
    }),
  );
  const wanted = [...new Set(missing.flat())];
  // Of several platforms that an index in containerd's store names, only the engine's own one is there as a rule (kind#3795).
  const platform = info.containerdImageStore ? { os: 'linux', architecture: info.arch } : undefined;
  const archive =
    wanted.length === 0
      ? undefined
      : await engine.saveImages([...new Set(wanted.flatMap((image) => image.names))], platform);
  await Promise.all(
    nodes.map((node, index) =>
      runPhase(context, `load-${node}`, `${describe(images)} to ${node}`, async () => {
        if (archive === undefined || missing[index]?.length === 0) return { value: undefined, text: 'it has them' };
        const stdin = new PassThrough();
        archive.once('error', (error) => stdin.destroy(error));
        archive.pipe(stdin);
        try {
          await importArchive(engine, node, {
            source: describe(wanted),
            stdin,
            signal,
            allPlatforms: platform === undefined,
          });
        } finally {
          // One node that fails does not hold up the others.
          archive.unpipe(stdin);
          stdin.destroy();
        }
        return { value: undefined };
      }),
    ),
  ).finally(() => archive?.destroy());
}

async function loadFile(
  context: Context,
  { engine, nodes, source, file }: { engine: Engine; nodes: readonly string[]; source: string; file: string },
): Promise<void> {
  const { signal } = context;
  await Promise.all(
    nodes.map((node) =>
      runPhase(context, `load-${node}`, `${source} to ${node}`, async () => {
        const stdin = createReadStream(file);
        await importArchive(engine, node, { source, stdin, signal, allPlatforms: true });
        return { value: undefined };
      }),
    ),
  );
}

async function importArchive(
  engine: Engine,
  node: string,
  {
    source,
    stdin,
    signal,
    allPlatforms,
  }: { source: string; stdin: Readable; signal: AbortSignal; allPlatforms: boolean },
): Promise<void> {
  const platforms = allPlatforms ? ['--all-platforms'] : [];
  const argv = ['ctr', '-n', 'k8s.io', 'images', 'import', ...platforms, '--digests', '-'];
  await execInNode(engine, node, argv, { doing: `importing ${source}`, stdin, signal });
}

function describe(images: readonly EngineImage[]): string {
  return images.map(({ source }) => source).join(', ');
}

/** An image of the engine wins over a file of the same name. */
async function findSource(engine: Engine, source: string): Promise<Source> {
  const image = await engine.findImage(source);
  if (image !== undefined) return { source, names: namesToLoad(source, image), id: image.id };
  const seen = await lookAtFile(source);
  if (seen === 'a file') return { source, file: source };
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
