import { homedir } from 'node:os';
import { join } from 'node:path';

export interface LabEnvironment { cacheDir: string; proxy: Record<string, string>; caBundle: string | undefined }

/** Where the lab caches, and how its builds reach the package registries (as src/settings reads it for the product). */
export function readLabEnvironment(env: NodeJS.ProcessEnv = process.env): LabEnvironment {
  const cache = env['XDG_CACHE_HOME'];
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  return {
    cacheDir: join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'dind64'),
    proxy: Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
    caBundle: env['SSL_CERT_FILE'] ?? env['NODE_EXTRA_CA_CERTS'],
  };
}
