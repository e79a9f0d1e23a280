import { join } from 'node:path';
import { execa } from 'execa';
import { connectSocket } from '../../src/engine/connect.js';
import { ensureEngineRootfs } from '../../src/engine/embedded/rootfs.js';
import { buildEngineJson, startEmbeddedEngine } from '../../src/engine/embedded/start.js';
import { stopEmbeddedEngine } from '../../src/engine/embedded/stop.js';
import type { Engine } from '../../src/engine/types.js';
import { readComponentRecipes } from '../../src/images/catalog.js';
import { ensureImages, type ImageSet } from '../../src/images/ensure.js';
import { listImages } from '../../src/images/list.js';
import { readVersions } from '../../src/images/versions.js';
import type { Reporter } from '../../src/progress/types.js';
import { readEnvironment } from '../../src/settings/environment.js';
import type { Environment } from '../../src/settings/types.js';
import { readLabEnvironment } from './engine-environment.js';
import { cloneDataRoot } from './seed-clone.js';
import type { ImageStore, Seed, SeedOptions } from './seed.js';

/**
 * Fills a data root with all images, as `npm run images` does, on an engine with access to the package registries. With `origin` its images
 * are loaded first, so that none is built. Can be repeated after any failure.
 */
export async function fillSeed(
  options: SeedOptions & { dataRoot: string; stateDir: string; store: ImageStore; origin: Seed | undefined },
): Promise<void> {
  const { dataRoot, stateDir, store, origin } = options;
  const environment = readEnvironment(
    { ...neutral(process.env), DIND_K8S_VERSION: options.k8sVersion, DIND_IMAGE_SOURCE: 'build', DIND_TIMEOUT: '60m' },
    stateDir,
  );
  await withBuildEngine({ ...options, dataRoot, stateDir, store, environment }, async (engine) => {
    if (origin !== undefined) await copyFromSeed(origin, engine, { ...options, environment });
    const signal = options.signal ?? new AbortController().signal;
    const images = await ensureImages({
      settings: environment.settings,
      paths: environment.paths,
      engineEnv: environment.engine,
      engine,
      signal,
      reporter: lineReporter(options.onLine),
    });
    await removeLeftovers(engine, images, environment.settings.k8sVersion);
  });
}

/** What a broken-off build left, and what only former versions of this project use. Components stay: they are minutes of compiling. */
async function removeLeftovers(engine: Engine, images: ImageSet, k8sVersion: string): Promise<void> {
  for (const { id } of await engine.listContainers({})) await engine.removeContainer(id);
  for (const { name } of await engine.listVolumes({}))
    if (!name.startsWith(images.componentStore)) await engine.removeVolume(name);
  const components = await readComponentRecipes(await readVersions(k8sVersion), '');
  const current = new Set([...Object.values(images).flat(), ...components.map(({ recipe }) => recipe.reference)]);
  for (const { reference } of await listImages(engine))
    if (!current.has(reference)) await engine.removeImage(reference);
}

/** From an engine on a clone, as a seed never changes. */
async function copyFromSeed(
  origin: Seed,
  target: Engine,
  options: Parameters<typeof withBuildEngine>[0],
): Promise<void> {
  const stateDir = `${options.stateDir}-origin`;
  const dataRoot = join(stateDir, 'data');
  await stopEmbeddedEngine({ runDir: join(stateDir, 'run') });
  await removeTree(dataRoot);
  await origin.use((from) => cloneDataRoot(from, dataRoot));
  await withBuildEngine({ ...options, dataRoot, stateDir, store: 'graph' }, (source) => copyImages(source, target));
  await removeTree(stateDir);
}

async function removeTree(path: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', path]);
}

async function withBuildEngine(
  options: SeedOptions & { dataRoot: string; stateDir: string; store: ImageStore; environment: Environment },
  work: (engine: Engine) => Promise<void>,
): Promise<void> {
  const { dataRoot, stateDir, store, environment } = options;
  const { cacheDir, proxy, caBundle } = readLabEnvironment();
  // The first phase of a former builder that was killed may still run.
  await stopEmbeddedEngine({ runDir: join(stateDir, 'run') });
  const started = await startEmbeddedEngine({
    rootfs: await ensureEngineRootfs(cacheDir, options),
    stateDir,
    dataRoot,
    proxy,
    caBundle,
    daemonJson: { ...buildEngineJson, features: { 'containerd-snapshotter': store === 'containerd' } },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  try {
    await work(await connectSocket(started.endpoint.slice('unix://'.length), environment.engine));
  } finally {
    await started.stop();
  }
}

async function copyImages(source: Engine, target: Engine): Promise<void> {
  const missing: string[] = [];
  for (const tag of (await source.listImages({})).flatMap(({ tags }) => tags))
    if ((await target.findImage(tag)) === undefined) missing.push(tag);
  if (missing.length > 0) await target.loadImages(await source.saveImages(missing));
}

/** The lab's builds are the same whatever the person who starts them has set. */
function neutral(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(DIND_|DOCKER_|KUBECONFIG)/.test(name)));
}

function lineReporter(onLine: SeedOptions['onLine']): Reporter {
  return {
    report(event) {
      if (event.type === 'observed') onLine?.(event.text);
      else if (event.type === 'started' || event.type === 'finished' || event.type === 'failed')
        onLine?.(`${event.type} ${event.title}${event.type === 'failed' ? `: ${event.text}` : ''}`);
      else if (event.type === 'notice') onLine?.(event.text);
    },
    close() {
      /* Nothing was opened. */
    },
  };
}
