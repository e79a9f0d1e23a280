import { DindError } from '../errors.js';

/** What docker-modem throws: an HTTP status, or a socket's errno. */
export interface DockerFailure {
  statusCode?: number;
  code?: string;
  message: string;
  json?: unknown;
}

/** Turns what the Docker client threw into a DindError that says what was being done, where, what the engine said and what helps. */
export function engineError(error: unknown, doing: string, endpoint: string): DindError {
  if (error instanceof DindError) return error;
  const failure = error as DockerFailure;
  const observed = engineMessage(failure);
  // Without a status the engine itself did not answer; its own words may well hold `connection refused` of somebody else.
  const known =
    failure.statusCode === undefined && failure.code !== undefined
      ? lost
      : knownFailures.find(({ pattern }) => pattern.test(observed));
  return new DindError({
    code: known?.code ?? codeOfStatus(failure),
    source: known?.source ?? 'environment',
    doing,
    where: endpoint,
    observed,
    hint: known?.hint,
    cause: error,
  });
}

/** Whether the engine said that there is no such object. */
export function isAbsent(error: unknown): boolean {
  return (error as DockerFailure).statusCode === 404;
}

/** Runs one request to the engine; failures come out as DindError. */
export async function ask<T>(endpoint: string, doing: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw engineError(error, doing, endpoint);
  }
}

/** As `ask`, with `undefined` for an object that is absent. */
export async function askForOptional<T>(
  endpoint: string,
  doing: string,
  request: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await request();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw engineError(error, doing, endpoint);
  }
}

/** The engine's own words, without the client's `(HTTP code 500) server error - `. */
export function engineMessage(failure: DockerFailure): string {
  const json = failure.json as { message?: unknown } | undefined;
  const text = typeof json?.message === 'string' ? json.message : failure.message;
  return text
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .replace(/^Error response from daemon: /, '')
    .trim();
}

/** For an object that is absent right after the engine said that it made it. */
export function vanished(doing: string, where: string): DindError {
  return new DindError({
    code: 'engine-object-absent',
    source: 'environment',
    doing,
    where,
    observed: 'the engine reported success, and then it was not there',
    hint: 'something else may have removed it at the same moment: run the same command again',
  });
}

function codeOfStatus(failure: DockerFailure): string {
  if (failure.statusCode === undefined) return 'engine-failed';
  if (failure.statusCode === 404) return 'engine-object-absent';
  if (failure.statusCode === 409) return 'engine-conflict';
  return failure.statusCode < 500 ? 'engine-refused' : 'engine-failed';
}

interface KnownFailure {
  code: string;
  source: 'user' | 'environment';
  hint: string;
}

const lost: KnownFailure = {
  code: 'engine-lost',
  source: 'environment',
  hint: 'the engine went away in the middle of it: see that it runs (`docker info`, `journalctl -u docker`), then run the same command again',
};

/** In the words of moby 28 and 29; the first that fits wins. */
const knownFailures: (KnownFailure & { pattern: RegExp })[] = [
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: 'disk-full',
    source: 'environment',
    hint: "free space on the engine host: `docker system df` shows what uses it, `docker system prune` removes what is unused, `dind64 clean --images` dind64's images",
  },
  {
    pattern: /port is already allocated|failed to bind host port|bind: address already in use/i,
    code: 'port-taken',
    source: 'user',
    hint: 'another program uses this port on the engine host; DIND_API_PORT=<port> chooses another, an empty one lets dind64 choose',
  },
  {
    pattern: /container name .* is already in use|network with name .* already exists|volume name .* already/i,
    code: 'name-taken',
    source: 'user',
    hint: 'something else has this name: remove or rename it, or choose another DIND_CLUSTER_NAME',
  },
  {
    pattern: /pool overlaps with other one|conflicts with network .*bridge name|networks have overlapping/i,
    code: 'network-overlaps',
    source: 'user',
    hint: '`docker network ls` and `docker network inspect` show the other network; choose another DIND_NODE_CIDR, or remove the network if nothing needs it',
  },
  {
    pattern: /could not find an available, non-overlapping|predefined address pools have been fully subnetted/i,
    code: 'address-pools-exhausted',
    source: 'environment',
    hint: "the engine's address pools are used up: `docker network prune` removes unused networks, `default-address-pools` in daemon.json adds pools",
  },
  {
    pattern:
      /IPv6 (is )?(not available|not supported|disabled)|IPv6 global forwarding is disabled|(enable|read|add) IPv6 (address|setup)|disable_ipv6|ip6tables.*(not found|can't initialize|does not exist|incompatible)/i,
    code: 'ipv6-unavailable',
    source: 'environment',
    hint: 'the engine host must have IPv6 in its kernel (not booted with ipv6.disable=1) and the engine must manage ip6tables (no `"ip6tables": false` in daemon.json)',
  },
  {
    pattern: /address already in use/i,
    code: 'address-taken',
    source: 'user',
    hint: '`docker network inspect` shows which container has this address',
  },
  {
    pattern: /volume is in use|has active endpoints|image is being used|is using its referenced image|must be forced/i,
    code: 'engine-object-in-use',
    source: 'environment',
    hint: '`docker ps -a` shows the containers; remove the one named above first',
  },
];
