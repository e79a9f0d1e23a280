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
    'dnsmasq-base',
    'systemd-resolved',
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
  // systemd-resolved makes it a link to a file of its own; each lab mounts its resolvers there.
  hooks: ['rm -f "$1/etc/resolv.conf" && : > "$1/etc/resolv.conf"'],
  output: 'directory',
};

/** Path of the lab's root filesystem, built when it is not in the cache (about 30 s). */
export function ensureLabRootfs(cacheDir: string, onLine?: (line: string) => void): Promise<string> {
  return ensureDebianRootfs(cacheDir, labRecipe, onLine === undefined ? {} : { onLine });
}
