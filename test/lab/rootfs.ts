import { ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';

/** The lab's servers and tools, all of them Debian's. */
const labRecipe: DebianRecipe = {
  name: 'lab',
  suite: 'trixie',
  packages: [
    'ca-certificates',
    'iproute2',
    'iputils-ping',
    'knot',
    'unbound',
    'dnsdist',
    'nginx-light',
    'libnginx-mod-stream',
    'socat',
    'radvd',
    'docker-registry',
    'curl',
    'bind9-dnsutils',
    'dnsperf',
    'nftables',
    'tcpdump',
    'procps',
    'openssl',
    'tini',
    'busybox-static',
  ],
  output: 'directory',
};

/** Path of the lab's root filesystem, built when it is not in the cache (about 30 s). */
export function ensureLabRootfs(cacheDir: string, onLine?: (line: string) => void): Promise<string> {
  return ensureDebianRootfs(cacheDir, labRecipe, onLine === undefined ? {} : { onLine });
}
