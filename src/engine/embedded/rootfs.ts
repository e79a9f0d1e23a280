import { type DebianRecipe, ensureDebianRootfs, type ProgressOptions } from './debian.js';

/**
 * Debian forky: Docker 28.5, the first Debian release whose engine makes IPv6-only networks (28 and newer).
 * tini is PID 1 of the engine's namespace and reaps what containerd's shims leave.
 */
export const engineRecipe: DebianRecipe = {
  name: 'engine',
  suite: 'forky',
  packages: ['ca-certificates', 'docker-cli', 'docker.io', 'iproute2', 'iptables', 'kmod', 'nftables', 'procps', 'tini'],
  output: 'directory',
};

/** The engine's private root filesystem: a directory below `cacheDir`, read-only in use and shared by all engines. */
export async function ensureEngineRootfs(cacheDir: string, options: ProgressOptions = {}): Promise<string> {
  return ensureDebianRootfs(cacheDir, engineRecipe, options);
}
