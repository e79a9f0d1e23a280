// Seen to fail: with the first digits of a line taken for a version (`v2` of containerd's path).
import { expect, test } from 'vitest';
import { parseHostSystem } from '../../../src/hosts/parse-system.js';
import { systemText } from './sample-reading.js';

test('a host that is ready', () => {
  expect(parseHostSystem(systemText)).toEqual({
    os: { id: 'debian 13', name: 'Debian GNU/Linux 13 (trixie)' },
    kernel: '6.12.48+deb13-amd64',
    cpus: 4,
    rights: 'root',
    tools: {
      containerd: '2.1.4',
      kubeadm: '1.37.2',
      kubelet: '1.37.2',
      kubectl: '1.37.2',
      conntrack: '1.4.8',
      nft: '1.1.3',
    },
    containerd: { listens: true, servesKubelet: true },
    cniPlugins: ['bridge', 'ptp', 'host-local', 'loopback', 'portmap'],
    cniConfigs: [],
    nodeFiles: [],
    swaps: [],
  });
});

test('a host with nothing on it', () => {
  expect(parseHostSystem('')).toEqual({
    os: { id: '', name: '' },
    kernel: '',
    cpus: 0,
    rights: 'none',
    tools: {},
    containerd: { listens: false, servesKubelet: true },
    cniPlugins: [],
    cniConfigs: [],
    nodeFiles: [],
    swaps: [],
  });
});
