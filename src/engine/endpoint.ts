import { DindError } from '../errors.js';
import type { EngineEnvironment } from '../settings/types.js';
import { readDockerConfig } from './docker-config.js';
import { readDockerContext } from './docker-context.js';
import { readTlsFiles, type TlsFiles } from './tls-files.js';

/** Where an engine is said to be, and who said so. */
export interface Endpoint {
  /** For messages, without credentials: `unix:///var/run/docker.sock`. */
  url: string;
  /** Completes `... says`: `DOCKER_HOST`, `context NAME`, or `the default`. */
  source: string;
  address:
    | { kind: 'unix'; path: string }
    | { kind: 'tcp'; host: string; port: number; tls: TlsFiles | undefined }
    | { kind: 'ssh'; user: string | undefined; host: string; port: number | undefined; path: string | undefined };
}

export const defaultSocket = '/var/run/docker.sock';

/**
 * Finds the engine as Docker's own client does: DOCKER_HOST, else DOCKER_CONTEXT, else config.json's currentContext, else the default socket
 * (docker/cli, cli/command/cli.go, resolveContextName). Reads files only, connects to nothing.
 */
export async function findEndpoint(env: EngineEnvironment): Promise<Endpoint> {
  if (env.dockerHost !== undefined) {
    // DOCKER_CERT_PATH alone does not turn TLS on, as in Docker's client.
    const tls = env.dockerTlsVerify
      ? { ...(await readTlsFiles(env.dockerCertPath ?? env.dockerConfig)), verify: true }
      : undefined;
    return parseEndpoint(env.dockerHost, 'DOCKER_HOST', tls);
  }
  const name = await chosenContext(env);
  if (name === undefined) return parseEndpoint(`unix://${defaultSocket}`, 'the default', undefined);
  const context = await readDockerContext(env.dockerConfig, name);
  return parseEndpoint(context.host === '' ? `unix://${defaultSocket}` : context.host, `context ${name}`, context.tls);
}

/** The context by name, or `undefined` for Docker's built-in `default`. */
export async function chosenContext(env: EngineEnvironment): Promise<string | undefined> {
  const name = env.dockerContext ?? (await readDockerConfig(env.dockerConfig)).currentContext;
  return name === undefined || name === '' || name === 'default' ? undefined : name;
}

/** Parses Docker's host notation. Throws `engine-address-invalid`. */
export function parseEndpoint(text: string, source: string, tls: TlsFiles | undefined): Endpoint {
  if (text.startsWith('unix://')) {
    const path = text.slice('unix://'.length) || defaultSocket;
    return { url: `unix://${path}`, source, address: { kind: 'unix', path } };
  }
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `tcp://${text}`);
  } catch (error) {
    throw invalid(text, source, 'not an address', error);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? undefined : Number(url.port);
  if (url.protocol === 'ssh:') {
    if (host === '' || url.password !== '')
      throw invalid(
        text.replace(/:[^:@/]*@/, '@'),
        source,
        'an ssh address is ssh://[user@]host[:port], without a password',
      );
    const path = url.pathname === '' || url.pathname === '/' ? undefined : url.pathname;
    return {
      url: `ssh://${url.username === '' ? '' : `${url.username}@`}${url.host}`,
      source,
      address: { kind: 'ssh', user: url.username || undefined, host, port, path },
    };
  }
  if (url.protocol === 'tcp:' || url.protocol === 'http:' || url.protocol === 'https:') {
    const secure = tls ?? (url.protocol === 'https:' ? { verify: true } : undefined);
    // Docker's own defaults: 2376 with TLS, 2375 without.
    return {
      url: `tcp://${url.host}`,
      source,
      address: { kind: 'tcp', host: host || 'localhost', port: port ?? (secure ? 2376 : 2375), tls: secure },
    };
  }
  throw invalid(text, source, `unknown scheme ${url.protocol}//`);
}

function invalid(text: string, source: string, observed: string, cause?: unknown): DindError {
  return new DindError({
    code: 'engine-address-invalid',
    source: 'user',
    doing: 'finding the Docker engine',
    where: `${source}=${text}`,
    observed,
    hint: 'allowed are unix:///path, tcp://host:port and ssh://user@host',
    exitCode: 2,
    cause,
  });
}
