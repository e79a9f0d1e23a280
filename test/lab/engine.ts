import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { withFileLock } from '../../src/engine/embedded/lock.js';
import type { EngineRoot } from '../../src/engine/embedded/root.js';
import { ensureEngineRootfs } from '../../src/engine/embedded/rootfs.js';
import { startEmbeddedEngine } from '../../src/engine/embedded/start.js';
import { isEngineRunning, stopEmbeddedEngine } from '../../src/engine/embedded/stop.js';
import { ensureMobyRootfs } from './moby.js';
import { readLabEnvironment } from './engine-environment.js';
import { cloneDataRoot } from './seed-clone.js';
import { renewStoreRecords } from './seed-volumes.js';
import { ensureSeed, type ImageStore } from './seed.js';

export interface LabEngineOptions {
  /** Part of folder names: the lab's instance. */
  instance: string;
  /** Path such as `/run/netns/lab1`. */
  networkNamespace: string;
  /** `containerd` is 29's default. Default `graph`. */
  imageStore?: ImageStore;
  /** `29`: dockerd of that line (test/lab/moby.ts). Default: Debian's 28.5. */
  dockerd?: '29';
  daemonJson?: Record<string, unknown>;
  /** Content of the engine host's /etc/resolv.conf; default: none, so that no resolver of the machine is asked. */
  resolvConf?: string;
  /** PEM file that the engine trusts in place of the usual list: the lab's CA. */
  caBundle?: string;
  /** Start with all images that dind64 builds. Default true. */
  seed?: boolean;
  /** Kubernetes minor that the seed's node image is of. Default: the newest. */
  k8sVersion?: string;
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

export interface LabEngine {
  endpoint: string;
  pid: number;
  stop(): Promise<void>;
}

/**
 * Starts an engine of its own for a lab: its data root is a clone of the seed, or empty. `stop` ends it and removes all of it.
 * What dead labs left is removed first.
 */
export async function startLabEngine(options: LabEngineOptions): Promise<LabEngine> {
  const { cacheDir } = readLabEnvironment();
  const { instance, imageStore = 'graph', networkNamespace, caBundle } = options;
  const progress = {
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const rootfs =
    options.dockerd === '29' ? await ensureMobyRootfs(cacheDir) : await ensureEngineRootfs(cacheDir, progress);
  const seed =
    options.seed === false
      ? undefined
      : await ensureSeed(imageStore, {
          ...progress,
          ...(options.k8sVersion === undefined ? {} : { k8sVersion: options.k8sVersion }),
        });
  const enginesDir = join(cacheDir, 'lab', 'engines');
  await mkdir(enginesDir, { recursive: true });
  const stateDir = join(enginesDir, instance);
  const runDir = labEngineRunDir(instance);
  const dispose = async (): Promise<void> => {
    await stopEmbeddedEngine({ runDir, graceMs: 0 });
    await Promise.all([runDir, stateDir].map(removeTree));
  };
  // Under a lock until the engine runs, so that no other lab takes the half-made folder for a dead one's.
  return withFileLock(
    join(cacheDir, 'lab', 'engines.lock'),
    async () => {
      await removeDeadEngines(enginesDir);
      try {
        if (seed !== undefined) await seed.use((dataRoot) => cloneDataRoot(dataRoot, join(stateDir, 'data')));
        // With this backend the engine wants to find it switched on.
        if (options.daemonJson?.['firewall-backend'] === 'nftables')
          await execa('nsenter', [`--net=${networkNamespace}`, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
        const { endpoint, pid } = await startEmbeddedEngine({
          rootfs,
          stateDir,
          runDir,
          networkNamespace,
          ...progress,
          resolvConf: options.resolvConf ?? '',
          caBundle,
          restoreHost: false,
          daemonJson: {
            ...options.daemonJson,
            features: {
              'containerd-snapshotter': imageStore === 'containerd',
              ...(options.daemonJson?.['features'] as object | undefined),
            },
          },
        });
        if (seed !== undefined) await renewStoreRecords(endpoint.slice('unix://'.length));
        return { endpoint, pid, stop: dispose };
      } catch (error) {
        await dispose().catch(() => undefined);
        throw error;
      }
    },
    progress,
  );
}

/** Stops the engine of an instance from another process; fine when there is none. */
export async function stopLabEngine(instance: string): Promise<void> {
  await stopEmbeddedEngine({ runDir: labEngineRunDir(instance), graceMs: 0 });
  await Promise.all(
    [labEngineRunDir(instance), join(readLabEnvironment().cacheDir, 'lab', 'engines', instance)].map(removeTree),
  );
}

/**
 * Ends the engine with all of its containers and starts it again on the same data: in good order, or within `graceMs` 0 all at once, as a power failure
 * would. Its endpoint stays. `whileDown` is done in between.
 */
export async function restartLabEngine(
  instance: string,
  graceMs = 40_000,
  whileDown: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { cacheDir } = readLabEnvironment();
  const runDir = labEngineRunDir(instance);
  const [root, daemonJson, resolvConf] = await Promise.all(
    ['engine.json', 'daemon.json', 'resolv.conf'].map((name) => readFile(join(runDir, name), 'utf8')),
  );
  const { rootfs, networkNamespace, caBundle } = JSON.parse(root ?? '') as EngineRoot;
  // No other lab may take it for a dead one's in between.
  await withFileLock(
    join(cacheDir, 'lab', 'engines.lock'),
    async () => {
      await stopEmbeddedEngine({ runDir, graceMs });
      await whileDown();
      await startEmbeddedEngine({
        rootfs,
        stateDir: join(cacheDir, 'lab', 'engines', instance),
        runDir,
        caBundle,
        ...(networkNamespace === undefined ? {} : { networkNamespace }),
        ...(resolvConf === undefined ? {} : { resolvConf }),
        restoreHost: false,
        daemonJson: JSON.parse(daemonJson ?? '') as Record<string, unknown>,
      });
    },
    {},
  );
}

/** Kills a container's first process, as a crash does: the engine has not been asked for it and its restart policy holds. `pid`: as the engine tells it. */
export async function crashLabContainer(instance: string, pid: number): Promise<void> {
  const engine = (await readFile(join(labEngineRunDir(instance), 'pid'), 'utf8')).trim();
  await execa('nsenter', ['--target', engine, '--pid', '--', 'sh', '-c', `kill -9 ${pid}`]);
}

/** Gives all new volumes of the engine a file system of that size (`4m`), or another size to the one it has: a disk that is nearly full. Those that are there stay. */
export async function limitLabVolumes(instance: string, size: string): Promise<void> {
  const engine = (await readFile(join(labEngineRunDir(instance), 'pid'), 'utf8')).trim();
  const inputFile = fileURLToPath(new URL('limit-volumes.sh', import.meta.url));
  await execa('nsenter', ['--target', engine, '--mount', '--', 'sh', '-s', '--', size], { inputFile });
}

function labEngineRunDir(instance: string): string {
  return join('/run/dind64-lab-engines', instance);
}

async function removeDeadEngines(enginesDir: string): Promise<void> {
  for (const instance of await readdir(enginesDir)) {
    if (await isEngineRunning(labEngineRunDir(instance))) continue;
    await removeTree(labEngineRunDir(instance));
    await removeTree(join(enginesDir, instance));
  }
}

async function removeTree(path: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', path], { reject: false });
}
