import type { Readable } from 'node:stream';
import { DindError } from '../errors.js';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { engineError } from './engine-error.js';
import { parseImageReference } from './image-reference.js';
import { failureOf, readMessages, type ProgressMessage } from './progress-messages.js';
import { findCredentials, type RegistryCredentials } from './registry-credentials.js';
import type { Connection } from './transport.js';

export interface PullOptions {
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

/**
 * Pulls an image with the credentials of the user's config.json. Throws `registry-unreachable`, `registry-denied`, `registry-limit`,
 * `image-absent` (the registry answered: there is none, or none for this platform), or `pull-failed`.
 */
export async function pullImage(
  connection: Connection,
  configDirectory: string,
  reference: string,
  options: PullOptions,
): Promise<void> {
  const doing = `pulling image ${reference}`;
  throwIfInterrupted(options.signal, doing, connection.endpoint);
  const { registry, tag, digest } = parseImageReference(reference);
  const authconfig = await findCredentials(configDirectory, registry, options.onLine);
  // Without a tag the engine would pull all of them.
  const fromImage = tag === undefined && digest === undefined ? `${reference}:latest` : reference;
  try {
    const docker = connection.docker as unknown as {
      createImage(auth: RegistryCredentials | undefined, query: object): Promise<Readable>;
    };
    const body = await docker.createImage(authconfig, { fromImage, abortSignal: options.signal });
    const describe = pullProgress();
    for await (const message of readMessages(body)) {
      const failure = failureOf(message);
      if (failure !== undefined) throw new Error(failure);
      const line = describe(message);
      if (line !== undefined) options.onLine?.(line);
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw interruptError(options.signal, doing, connection.endpoint);
    throw pullError(error, doing, registry, connection.endpoint);
  }
}

/** Words of the registries and of moby's distribution code, graph drivers and containerd alike. */
const pullFailures: { pattern: RegExp; code: string; hint: (registry: string) => string }[] = [
  {
    pattern: /toomanyrequests|rate limit/i,
    code: 'registry-limit',
    hint: (registry) =>
      `\`docker login ${registry}\` raises the limit; or wait; or DIND_IMAGE_SOURCE=build makes the images here`,
  },
  {
    pattern: /no matching manifest|does not match the specified platform|no match for platform/i,
    code: 'image-absent',
    hint: () =>
      "the image is not made for the engine's architecture: choose another DIND_NODE_IMAGE, or DIND_IMAGE_SOURCE=build",
  },
  {
    pattern: /manifest unknown|not found: manifest|manifest for .* not found|name unknown|: not found$/i,
    code: 'image-absent',
    hint: () => 'check the name and the tag',
  },
  {
    pattern:
      /pull access denied|unauthorized|authentication required|denied:|no basic auth credentials|403 Forbidden|insufficient_scope/i,
    code: 'registry-denied',
    hint: (registry) =>
      `the image does not exist, or needs \`docker login${registry === 'docker.io' ? '' : ` ${registry}`}\``,
  },
  {
    pattern:
      /no such host|server misbehaving|dial tcp|dial udp|connection refused|i\/o timeout|deadline exceeded|Client\.Timeout|TLS handshake timeout|network is unreachable|no route to host|proxyconnect|request canceled|connection reset|EOF$|x509:|certificate|failed to do request|failed to resolve reference|temporary failure in name resolution/i,
    code: 'registry-unreachable',
    hint: (registry) =>
      `the engine must reach ${registry} (its own proxy settings: \`docker info\`, HTTP Proxy); or DIND_IMAGE_SOURCE=build makes the images here`,
  },
];

function pullError(error: unknown, doing: string, registry: string, endpoint: string): DindError {
  const plain = engineError(error, doing, endpoint);
  if (plain.code === 'engine-lost' || plain.code === 'disk-full') return plain;
  const known = pullFailures.find(({ pattern }) => pattern.test(plain.observed));
  return new DindError({
    code: known?.code ?? 'pull-failed',
    source: 'environment',
    doing,
    where: endpoint,
    observed: plain.observed,
    hint: known?.hint(registry),
    cause: error,
  });
}

/** Turns the flood of messages into lines: each layer's changes of state, and the sum of what is downloaded when its percentage changes by five. */
export function pullProgress(): (message: ProgressMessage) => string | undefined {
  const layers = new Map<string, { current: number; total: number }>();
  const states = new Map<string, string>();
  let told = -1;
  return ({ id, status, progressDetail }) => {
    if (status === undefined) return undefined;
    if (status === 'Downloading' && id !== undefined && progressDetail?.total !== undefined) {
      layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
      const sum = [...layers.values()].reduce((all, layer) => ({
        current: all.current + layer.current,
        total: all.total + layer.total,
      }));
      const percent = Math.floor((sum.current / sum.total) * 20) * 5;
      if (percent === told) return undefined;
      told = percent;
      return `downloaded ${percent}% of ${(sum.total / 1e6).toFixed(1)} MB`;
    }
    const state = status.replace(
      /^(Download complete|Pull complete|Verifying Checksum|Extracting|Waiting|Pulling fs layer|Already exists).*/,
      '$1',
    );
    if (id !== undefined) {
      if (states.get(id) === state) return undefined;
      states.set(id, state);
      const layer = layers.get(id);
      if (layer !== undefined && /complete/i.test(state)) layer.current = layer.total;
      return `${id}: ${state}`;
    }
    return state;
  };
}
