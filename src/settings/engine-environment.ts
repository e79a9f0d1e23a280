import path from 'node:path';
import type { EngineEnvironment } from './types.js';

type Env = Readonly<Record<string, string | undefined>>;

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'];

/** What Docker's own client reads from the environment (never from .env), and what builds and nodes inherit. */
export function readEngineEnvironment(env: Env, home: string): EngineEnvironment {
  return {
    dockerHost: valueOf(env, 'DOCKER_HOST'),
    dockerContext: valueOf(env, 'DOCKER_CONTEXT'),
    dockerConfig: valueOf(env, 'DOCKER_CONFIG') ?? path.join(home, '.docker'),
    dockerCertPath: valueOf(env, 'DOCKER_CERT_PATH'),
    // Docker's client: any text that is not empty turns verification on.
    dockerTlsVerify: valueOf(env, 'DOCKER_TLS_VERIFY') !== undefined,
    proxy: Object.fromEntries(
      proxyNames
        .flatMap((name) => [name, name.toLowerCase()])
        .flatMap((name): [string, string][] => {
          const value = valueOf(env, name);
          return value === undefined ? [] : [[name, value]];
        }),
    ),
    caBundle: valueOf(env, 'SSL_CERT_FILE') ?? valueOf(env, 'NODE_EXTRA_CA_CERTS'),
  };
}

function valueOf(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}
