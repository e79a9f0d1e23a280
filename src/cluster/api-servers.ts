import { connect } from 'node:tls';
import { apiServerPort } from '../plan/containers/api.js';
import { nameCluster } from '../plan/names.js';

/** Where the API of a cluster can be reached, as URLs. */
export interface ApiServers {
  /** On the engine host's loopback, for programs there. */
  published: string;
  /** On the node network, for containers that are joined to it. */
  internal: string;
}

/** The control plane's name is resolved by the engine, and is in the API's certificate. */
export function listApiServers(clusterName: string, apiPort: number): ApiServers {
  return {
    published: `https://127.0.0.1:${apiPort}`,
    internal: `https://${nameCluster(clusterName).controlPlane}:${apiServerPort}`,
  };
}

/**
 * The first of them that the API answers at from where this process runs, which need not be the engine host: a job has its engine's socket, another machine
 * its port. Told by a TLS handshake against the cluster's own CA (base64 of PEM), since something else may listen there. `undefined`: neither does within two seconds.
 */
export async function findReachableServer(
  { published, internal }: ApiServers,
  caData: string,
): Promise<string | undefined> {
  const urls = [published, internal];
  const answers = await Promise.all(urls.map((url) => answersAt(url, Buffer.from(caData, 'base64').toString())));
  return urls.find((_, index) => answers[index]);
}

const limitMs = 2000;

async function answersAt(url: string, ca: string): Promise<boolean> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ca, timeout: limitMs });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('secureConnect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
