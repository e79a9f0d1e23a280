import type { CheckedHost, HostReading } from '../../../src/hosts/checks/check.js';
import { readHostsConfig } from '../../../src/hosts/config.js';
import { exampleHostsFile } from '../../../src/hosts/example.js';
import { parseHostSystem } from '../../../src/hosts/parse-system.js';
import { parseAddress } from '../../../src/net/address.js';

/** Output of shell/hosts-check.bash on a host that is ready. */
export const systemText = `
@@ os
debian 13
Debian GNU/Linux 13 (trixie)

@@ kernel-release
6.12.48+deb13-amd64

@@ cpus
4

@@ rights
root

@@ tools
containerd containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b7193e4e490e9fbdc236c0e811ccaba3376
kubeadm v1.37.2
kubelet Kubernetes v1.37.2
kubectl Client Version: v1.37.2
conntrack conntrack v1.4.8 (conntrack-tools)
nft nftables v1.1.3 (Commodore Bullmoose #4)

@@ containerd
socket

@@ cni-plugins
bridge
ptp
host-local
loopback
portmap

@@ cni-configs

@@ node-files

@@ swaps

@@ hosts-check-end
`;

/** A host whose default routes come from a router's advertisements and by DHCP, as at home. */
export const reading: HostReading = {
  network: {
    links: [
      { name: 'lo', mtu: 65536, up: true, addresses: [at('::1', 128, 'host')] },
      { name: 'eth0', mtu: 1500, up: true, addresses: [at('2001:db8::5', 64, 'global'), at('fe80::5', 64, 'link')] },
      { name: 'eth1', mtu: 1500, up: true, addresses: [at('fe80::6', 64, 'link')] },
    ],
    routes: [
      {
        family: 6,
        destination: 'default',
        device: 'eth0',
        gateway: 'fe80::1',
        protocol: 'ra',
        metric: 1024,
        table: 'main',
      },
      {
        family: 4,
        destination: 'default',
        device: 'eth0',
        gateway: '192.0.2.1',
        protocol: 'dhcp',
        metric: 0,
        table: 'main',
      },
    ],
    sysctls: { ipv4Forwarding: false, ipv6Forwarding: false, acceptRa: { eth0: 1, eth1: 1 }, ipv6Disabled: false },
    takenPorts: [],
  },
  machine: {
    clockAheadMs: 0,
    cgroupVersion: '2',
    cgroupControllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
    memory: { totalBytes: 4 * 2 ** 30, availableBytes: 2 ** 30 },
  },
  system: parseHostSystem(systemText),
};

export const config = readHostsConfig('config.yaml', exampleHostsFile);

/** A host of the example's, `first` with all roles or `second`, a worker, with nothing wrong; `changes` replaces whole parts of what was read. */
export function checkedHost(
  name: 'first' | 'second',
  changes: { [Part in keyof HostReading]?: Partial<HostReading[Part]> } = {},
): CheckedHost {
  const host = config.hosts.find((each) => each.name === name);
  if (host === undefined) throw new Error(`the example has no ${name}`);
  return {
    host,
    config,
    controlPlane: reading,
    reading: {
      network: { ...reading.network, ...changes.network },
      machine: { ...reading.machine, ...changes.machine },
      system: { ...reading.system, ...changes.system },
    },
  };
}

export function at(
  address: string,
  length: number,
  scope: string,
): HostReading['network']['links'][number]['addresses'][number] {
  return { address: parseAddress(address), length, scope };
}

type Changes = Parameters<typeof checkedHost>[1];
export const first = (changes: Changes = {}): CheckedHost => checkedHost('first', changes);
export const second = (changes: Changes = {}): CheckedHost => checkedHost('second', changes);

/** A static route, as the reading has it. */
export const route = (
  destination: string,
  device: string,
  gateway?: string,
): HostReading['network']['routes'][number] => ({
  family: destination.includes(':') ? 6 : 4,
  destination,
  device,
  gateway,
  protocol: 'static',
  metric: 0,
  table: 'main',
});
