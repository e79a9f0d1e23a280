import { type DebianRecipe, ensureDebianRootfs, type ProgressOptions } from './debian.js';

/**
 * Debian forky: Docker 28.5, the first Debian release whose engine makes IPv6-only networks (28 and newer).
 */
export const engineRecipe: DebianRecipe = {
  name: 'engine',
  suite: 'forky',
  packages: ['ca-certificates', 'docker-cli', 'docker.io', 'iproute2', 'iptables', 'kmod', 'nftables', 'procps'],
  // Places that the start mounts over, in a root that is read-only then.
  hooks: ['mkdir -p "$1/lib/modules" "$1/var/lib/docker" && : >"$1/etc/resolv.conf"'],
  output: 'directory',
};

/** The engine's private root filesystem: a directory below `cacheDir`, read-only in use and shared by all engines. */
export async function ensureEngineRootfs(cacheDir: string, options: ProgressOptions = {}): Promise<string> {
  return ensureDebianRootfs(cacheDir, engineRecipe, options);
}
