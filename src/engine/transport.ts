import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import Docker from 'dockerode';
import { DindError } from '../errors.js';
import { checkRequests } from './checked-requests.js';
import type { Endpoint } from './endpoint.js';
import { watchLiveness, type LivenessLimits } from './liveness.js';
import { quietInspection } from './quiet-inspection.js';
import { SshAgent } from './ssh-agent.js';

/** An API client and the name of what it talks to. */
export interface Connection {
  docker: Docker;
  endpoint: string;
}

/** The newest API version this code was tried with; older engines (28.0 is 1.48) are spoken to in their own. */
const newestApi = '1.51';

/** Opens a client for an endpoint; nothing is sent. Without `engineApi` it speaks no version, for the first request. */
export function openConnection(endpoint: Endpoint, engineApi?: string): Connection {
  const version = engineApi === undefined ? {} : { version: `v${lowerVersion(engineApi, newestApi)}` };
  try {
    return {
      docker: checkRequests(quietInspection(new Docker({ ...transportOptions(endpoint), ...version }))),
      endpoint: endpoint.url,
    };
  } catch (error) {
    // docker-modem looks at DOCKER_HOST and DOCKER_CERT_PATH on its own, even when it uses neither.
    throw new DindError({
      code: 'engine-address-invalid',
      source: 'user',
      doing: 'preparing the connection to the Docker engine',
      where: endpoint.url,
      observed: (error as Error).message,
      hint: 'correct or unset DOCKER_HOST and DOCKER_CERT_PATH',
      exitCode: 2,
      cause: error,
    });
  }
}

/** The lower of two `major.minor` versions. */
export function lowerVersion(one: string, other: string): string {
  const [a, b] = [one.split('.').map(Number), other.split('.').map(Number)];
  const difference = (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0);
  return difference <= 0 ? one : other;
}

function transportOptions(endpoint: Endpoint): Docker.DockerOptions {
  const { address } = endpoint;
  // docker-modem reads DOCKER_HOST and friends itself: every option that it might take from there is given here.
  const none = {
    host: undefined,
    port: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    username: undefined,
    protocol: 'http',
    pathPrefix: '/',
    timeout: undefined,
  };
  // No kept connections: after an engine's restart they would be dead, and a new one costs nothing.
  const plain = (): Agent => new Agent({ keepAlive: false });
  const options = (chosen: object): Docker.DockerOptions => ({ ...none, ...chosen }) as unknown as Docker.DockerOptions;
  if (address.kind === 'unix') {
    const { path: socketPath } = address;
    return options({ socketPath, agent: watchLiveness(plain, { socketPath }) });
  }
  if (address.kind === 'ssh')
    return options({ host: 'localhost', agent: watchLiveness(() => new SshAgent(address), {}, sshLimits) });
  const { port } = address;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  if (address.tls === undefined)
    return options({ host, port, agent: watchLiveness(plain, { host: address.host, port }) });
  const { verify, ...files } = address.tls;
  const agent = watchLiveness(
    () => new TlsAgent({ keepAlive: false, rejectUnauthorized: verify !== false, ...files }),
    { protocol: 'https:', host: address.host, port },
  );
  return options({ protocol: 'https', host, port, agent });
}

/** Each question is a login there. */
const sshLimits: LivenessLimits = { everyMs: 30_000, answerMs: 15_000 };
