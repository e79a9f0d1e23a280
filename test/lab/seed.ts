import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withFileLock } from '../../src/engine/embedded/lock.js';
import { engineRecipe } from '../../src/engine/embedded/rootfs.js';
import { newestKubernetes } from '../../src/settings/definitions.js';
import { readLabEnvironment } from './engine-environment.js';
import { fillSeed } from './seed-build.js';
import { cloneDataRoot } from './seed-clone.js';

/** `containerd` is 29's default. */
export type ImageStore = 'graph' | 'containerd';

export interface SeedOptions {
  /** Kubernetes minor that the node image is of. Default: the newest. */
  k8sVersion?: string;
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** A data root with all images, never changed again. `use` keeps it from being pruned meanwhile. */
export interface Seed {
  key: string;
  use<T>(work: (dataRoot: string) => Promise<T>): Promise<T>;
}

const kept = 2;

/**
 * The seed for what the images are made from now; built when there is none, starting from the newest former one, so that the engine's
 * layer cache serves what has not changed. A broken-off build is gone on with. One builder at a time. Another Kubernetes minor has seeds of
 * its own, which start from the usual one: all but Kubernetes, etcd and CoreDNS are there.
 */
export async function ensureSeed(store: ImageStore, options: SeedOptions = {}): Promise<Seed> {
  const seedsDir = join(readLabEnvironment().cacheDir, 'lab', 'seeds');
  await mkdir(seedsDir, { recursive: true });
  const key = await seedKey();
  const kind = seedKind(store, options.k8sVersion);
  const path = join(seedsDir, `${kind}-${key}`);
  const seed: Seed = { key, use: (work) => withFileLock(join(seedsDir, 'use.lock'), () => work(path)) };
  if (await exists(path)) return touched(path, seed);
  // The containerd store's images are saved from the graph store's seed: both are needed.
  const origin = store === 'containerd' ? await ensureSeed('graph', options) : undefined;
  return withFileLock(
    join(seedsDir, `${kind}.lock`),
    async () => {
      if (await exists(path)) return touched(path, seed);
      const building = join(seedsDir, `building-${kind}`);
      const former = (await listSeeds(seedsDir, kind)).at(-1) ?? (await listSeeds(seedsDir, store)).at(-1);
      if (former !== undefined && !(await exists(building)))
        await withFileLock(join(seedsDir, 'use.lock'), () => cloneDataRoot(former, building));
      await fillSeed({ dataRoot: building, stateDir: join(seedsDir, `engine-${kind}`), store, origin, ...options });
      await rename(building, path);
      await prune(seedsDir, kind, kind === store ? kept : 1);
      return touched(path, seed);
    },
    options,
  );
}

/** Hash over what decides what the images hold: their folder, the code that builds them, the engine. */
async function seedKey(): Promise<string> {
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const hash = createHash('sha256').update(JSON.stringify(engineRecipe));
  for (const folder of ['images', 'src/images']) {
    for (const entry of (await readdir(join(project, folder), { recursive: true, withFileTypes: true })).sort(byPath)) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      hash.update(`${path.slice(project.length)}\0`).update(
        createHash('sha256')
          .update(await readFile(path))
          .digest(),
      );
    }
  }
  return hash.digest('hex').slice(0, 12);
}

function byPath(one: { parentPath: string; name: string }, other: { parentPath: string; name: string }): number {
  return join(one.parentPath, one.name) < join(other.parentPath, other.name) ? -1 : 1;
}

/** What a seed's folder is called, before the key. */
function seedKind(store: ImageStore, k8sVersion: string = newestKubernetes): string {
  return k8sVersion === newestKubernetes ? store : `${k8sVersion}-${store}`;
}

async function prune(seedsDir: string, kind: string, kept: number): Promise<void> {
  await withFileLock(join(seedsDir, 'use.lock'), async () => {
    for (const path of (await listSeeds(seedsDir, kind)).slice(0, -kept))
      await execa('rm', ['-rf', '--one-file-system', path]);
  });
}

/** Oldest use first. */
async function listSeeds(seedsDir: string, kind: string): Promise<string[]> {
  const paths = (await readdir(seedsDir))
    .filter((name) => name.startsWith(`${kind}-`))
    .map((name) => join(seedsDir, name));
  const dated = await Promise.all(paths.map(async (path) => ({ path, used: (await stat(path)).mtimeMs })));
  return dated.sort((one, other) => one.used - other.used).map(({ path }) => path);
}

async function touched(path: string, seed: Seed): Promise<Seed> {
  await utimes(path, new Date(), new Date());
  return seed;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
