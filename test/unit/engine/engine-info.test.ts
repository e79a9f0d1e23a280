import { describe, expect, it } from 'vitest';
import { engineInfo } from '../../../src/engine/engine-info.js';

describe('engineInfo', () => {
  const version = {
    Version: '28.5.2',
    ApiVersion: '1.51',
    Os: 'linux',
    Arch: 'arm64',
    Components: [{ Name: 'Engine' }],
  };
  const info = {
    Name: 'laptop',
    OperatingSystem: 'Debian GNU/Linux forky/sid',
    KernelVersion: '6.12.0',
    Driver: 'overlay2',
    DriverStatus: [['Backing Filesystem', 'extfs']] as [string, string][],
    SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
    CgroupVersion: '2',
    DockerRootDir: '/var/lib/docker',
    FirewallBackend: { Driver: 'iptables' },
    NCPU: 8,
  };

  it('reads an ordinary engine', () => {
    expect(engineInfo(version, info)).toEqual({
      version: '28.5.2',
      apiVersion: '1.51',
      os: 'linux/arm64',
      arch: 'arm64',
      name: 'laptop',
      rootless: false,
      podman: false,
      desktop: false,
      userNamespaceRemap: false,
      cgroupVersion: '2',
      storageDriver: 'overlay2',
      containerdImageStore: false,
      backingFilesystem: 'extfs',
      firewallBackend: 'iptables',
      informsFirewalld: false,
      kernel: '6.12.0',
      dataRoot: '/var/lib/docker',
      memoryBytes: undefined,
      cpus: 8,
      securityOptions: ['seccomp', 'cgroupns'],
    });
  });

  it("reads containerd's image store, remap and the nftables backend", () => {
    const special = {
      ...info,
      Driver: 'overlayfs',
      DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] as [string, string][],
      SecurityOptions: ['name=userns'],
      FirewallBackend: { Driver: 'nftables' },
    };
    expect(engineInfo(version, special)).toMatchObject({
      containerdImageStore: true,
      storageDriver: 'overlayfs',
      backingFilesystem: undefined,
      userNamespaceRemap: true,
      firewallBackend: 'nftables',
      informsFirewalld: false,
    });
  });

  it.each([
    [{ OperatingSystem: 'Docker Desktop', Name: 'docker-desktop' }],
    [{ OperatingSystem: 'OrbStack', Name: 'orbstack' }],
    [{ OperatingSystem: 'Ubuntu 24.04', Name: 'colima' }],
    [{ OperatingSystem: 'Alpine', Name: 'lima-rancher-desktop' }],
    [{ KernelVersion: '6.10.14-linuxkit' }],
  ])('knows a machine in a machine: %j', (differs) =>
    expect(engineInfo(version, { ...info, ...differs }).desktop).toBe(true),
  );
});
