import { ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';

/** What the tests of the translators run in: the NAT64 image's own tools beside scapy and what measures. */
const nat64Recipe: DebianRecipe = {
  name: 'nat64-tests',
  suite: 'trixie',
  packages: [
    'ca-certificates',
    'iproute2',
    'iputils-ping',
    'nftables',
    'procps',
    'conntrack',
    'ethtool',
    'tcpdump',
    'tayga',
    'python3-scapy',
    'iperf3',
    'nginx-light',
    'apache2-utils',
  ],
  // Mount points: the root is read-only.
  hooks: ['mkdir -p "$1/etc/dind64" "$1/mnt/tests" "$1/mnt/state"'],
  output: 'directory',
};

/** Path of that root filesystem, built when it is not in the cache (about half a minute). */
export function ensureNat64Rootfs(cacheDir: string, onLine?: (line: string) => void): Promise<string> {
  return ensureDebianRootfs(cacheDir, nat64Recipe, onLine === undefined ? {} : { onLine });
}
