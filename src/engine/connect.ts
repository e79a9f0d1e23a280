import type { EngineEnvironment } from '../settings/types.js';
import { DindError, WaitError } from '../errors.js';
import { waitUntil } from '../wait.js';
import { connectionError, type Machine } from './connection-error.js';
import { DockerEngine } from './docker-engine.js';
import { isDebianLike } from './embedded/debian.js';
import { findEndpoint, type Endpoint } from './endpoint.js';
import { dockerIsInstalled } from './install-traces.js';
import { openConnection } from './transport.js';
import type { Engine } from './types.js';
import { findUnfitness, type EngineIdentity } from './unfit-engine.js';

export interface ConnectOptions {
  signal?: AbortSignal;
  /** How long an engine may take for its first answer: socket activation starts it only then. Default 30000. */
  limitMs?: number;
}

/**
 * Connects to the Docker engine that Docker's own client would use, and makes sure that dind64 can use it. Throws DindError with code
 * `engine-not-found`, `engine-stopped`, `engine-silent`, `engine-permission`, `engine-too-old`, `engine-rootless`, `engine-podman` or `engine-not-linux`.
 */
export async function connectDocker(env: EngineEnvironment, options: ConnectOptions = {}): Promise<Engine> {
  const engineInstalled = (): Promise<boolean> =>
    dockerIsInstalled({ ...env, dockerHost: undefined, dockerContext: 'default' });
  return connectEndpoint(await findEndpoint(env), env, engineInstalled, options);
}

/** As connectDocker, to a unix socket that is known: the embedded engine, a lab's. */
export async function connectSocket(
  path: string,
  env: EngineEnvironment,
  options: ConnectOptions = {},
): Promise<Engine> {
  const endpoint: Endpoint = { url: `unix://${path}`, source: 'the default', address: { kind: 'unix', path } };
  return connectEndpoint(endpoint, env, async () => false, options);
}

async function connectEndpoint(
  endpoint: Endpoint,
  env: EngineEnvironment,
  engineInstalled: () => Promise<boolean>,
  options: ConnectOptions,
): Promise<Engine> {
  const docker = openConnection(endpoint).docker as unknown as IdentityApi;
  const { limitMs = 30_000 } = options;
  try {
    const request = { condition: 'the Docker engine answers', limitMs, signal: options.signal, where: endpoint.url };
    const version = await waitUntil(request, async (abortSignal) => ({ done: await docker.version({ abortSignal }) }));
    // Before the second question, which an old engine or Podman may answer in another shape.
    const unfit = findUnfitness(version, endpoint.url);
    if (unfit !== undefined) throw unfit;
    const info = await waitUntil(request, async (abortSignal) => ({ done: await docker.info({ abortSignal }) }));
    const unfitByInfo = findUnfitness({ ...version, ...info }, endpoint.url);
    if (unfitByInfo !== undefined) throw unfitByInfo;
    return new DockerEngine(openConnection(endpoint, version.ApiVersion), env);
  } catch (error) {
    if (error instanceof DindError && !(error instanceof WaitError)) throw error;
    throw connectionError(error, endpoint, {
      engineInstalled: await engineInstalled(),
      limitMs,
      machine: await readMachine(),
    });
  }
}

async function readMachine(): Promise<Machine> {
  return { platform: process.platform, isRoot: process.getuid?.() === 0, isDebianLike: await isDebianLike() };
}

/** dockerode's two verbs with the signal that its types leave out. */
interface IdentityApi {
  version(options: { abortSignal: AbortSignal }): Promise<EngineIdentity>;
  info(options: { abortSignal: AbortSignal }): Promise<Pick<EngineIdentity, 'SecurityOptions'>>;
}
