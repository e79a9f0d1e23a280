import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { DindError } from '../../errors.js';
import type { EngineEnvironment, UserPaths } from '../../settings/types.js';
import { ensureEngineRootfs } from './rootfs.js';
import { startEmbeddedEngine, type EmbeddedEngine } from './start.js';
import { isEngineRunning, stopEmbeddedEngine } from './stop.js';

export interface EnsureEmbeddedOptions {
  paths: UserPaths;
  env: EngineEnvironment;
  /** Default 60000; making the root filesystem is not counted. */
  timeoutMs?: number;
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/** Of the one embedded engine of a machine. Volatile, as are its processes and rules. */
const runDir = '/run/dind64';

export const embeddedSocket = join(runDir, 'docker.sock');

/**
 * Starts the embedded engine on a machine that has no Docker, or finds the running one; it stays until `clean`. Its images are a
 * cache in `<paths.cache>/engine`. The caller has made sure that no Docker engine is installed (install-traces.ts).
 * Throws DindError `embedded-engine-unsupported` (not Linux, not root), or as ensureDebianRootfs and startEmbeddedEngine do.
 */
export async function ensureEmbeddedEngine({
  paths,
  env,
  timeoutMs,
  onLine,
  signal,
}: EnsureEmbeddedOptions): Promise<EmbeddedEngine> {
  throwIfUnsupported();
  const progress = { onLine, signal };
  const rootfs = await ensureEngineRootfs(paths.cache, progress);
  return startEmbeddedEngine({
    rootfs,
    stateDir: stateDirOf(paths),
    runDir,
    proxy: env.proxy,
    caBundle: env.caBundle,
    ...progress,
    timeoutMs,
  });
}

/** Whether the embedded engine runs, for verbs that use it and must not start it. */
export async function isEmbeddedEngineRunning(): Promise<boolean> {
  return isEngineRunning(runDir);
}

/**
 * Ends the embedded engine and takes back its rules, bridges, sysctls and cgroups; with `images` its cached images too. Fine when there is
 * none. The caller has removed the clusters, or knows that no other one is left on it.
 */
export async function stopAndCleanEmbeddedEngine(paths: UserPaths, { images }: { images: boolean }): Promise<void> {
  const started = await access(runDir).then(
    () => true,
    () => false,
  );
  if (started) {
    await stopEmbeddedEngine({ runDir });
    await execa('rm', ['-rf', '--one-file-system', runDir], { reject: false });
  }
  if (images) await execa('rm', ['-rf', '--one-file-system', stateDirOf(paths)]);
}

function stateDirOf(paths: UserPaths): string {
  return join(paths.cache, 'engine');
}

function throwIfUnsupported(): void {
  const observed =
    process.platform !== 'linux'
      ? `this is ${process.platform}, and it needs Linux`
      : process.getuid?.() !== 0
        ? 'it needs root'
        : undefined;
  if (observed === undefined) return;
  throw new DindError({
    code: 'embedded-engine-unsupported',
    source: 'environment',
    doing: 'starting an embedded Docker engine',
    observed,
    hint: 'install Docker 28 or newer (docs.docker.com/engine/install) and start it, or be root on a Debian-like Linux',
  });
}
