import { readEngineEnvironment } from '../../src/settings/engine-environment.js';
import { readUserPaths } from '../../src/settings/paths.js';

export interface LabEnvironment {
  cacheDir: string;
  proxy: Record<string, string>;
  caBundle: string | undefined;
}

/** Where the lab caches, and how its builds reach the package registries. */
export function readLabEnvironment(env: NodeJS.ProcessEnv = process.env): LabEnvironment {
  const paths = readUserPaths(env);
  const { proxy, caBundle } = readEngineEnvironment(env, paths.home);
  return { cacheDir: paths.cache, proxy, caBundle };
}
