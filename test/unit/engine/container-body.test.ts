import { describe, expect, it } from 'vitest';
import { renderContainerBody } from '../../../src/engine/container-body.js';

describe('renderContainerBody', () => {
  it('gives a container no privileges by itself', () => {
    expect(renderContainerBody({ image: 'a:1', labels: { l: '1' }, network: 'none' })).toEqual({
      Image: 'a:1',
      Labels: { l: '1' },
      Env: [],
      ExposedPorts: {},
      HostConfig: {
        Init: false,
        LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
        Runtime: 'runc',
        Ulimits: [],
        RestartPolicy: { Name: 'no' },
        NetworkMode: 'none',
        Privileged: false,
        CapDrop: ['ALL'],
        CapAdd: [],
        SecurityOpt: ['no-new-privileges'],
        ReadonlyRootfs: false,
        Tmpfs: {},
        Mounts: [],
        Devices: [],
        Sysctls: {},
        PortBindings: {},
      },
      NetworkingConfig: { EndpointsConfig: {} },
    });
  });

  it('renders a node', () => {
    const body = renderContainerBody({
      name: 'n',
      image: 'node:1',
      hostname: 'n',
      labels: {},
      entrypoint: ['/dind64/entrypoint'],
      privileged: true,
      readOnlyPaths: ['/proc/sys/kernel'],
      privateCgroups: true,
      userNamespace: 'host',
      env: { container: 'docker' },
      tmpfs: { '/run': '', '/tmp': '' },
      restart: 'unless-stopped',
      stopSignal: 'SIGRTMIN+3',
      devices: ['/dev/mapper/control'],
      mounts: [
        { type: 'volume', target: '/var', noCopy: false },
        { type: 'bind', source: '/lib/modules', target: '/lib/modules', readOnly: true },
        { type: 'volume', source: 'images', target: '/dind64-components', readOnly: true, noCopy: true },
      ],
      sysctls: { 'net.ipv6.conf.all.forwarding': '1' },
      network: [{ network: 'net', ipv6: 'fd00:20::2', macAddress: '02:00:00:00:00:02' }],
    });
    expect(body).toMatchObject({
      Hostname: 'n',
      Entrypoint: ['/dind64/entrypoint'],
      Env: ['container=docker'],
      StopSignal: 'SIGRTMIN+3',
      NetworkingConfig: {
        EndpointsConfig: { net: { IPAMConfig: { IPv6Address: 'fd00:20::2' }, MacAddress: '02:00:00:00:00:02' } },
      },
    });
    const host = body['HostConfig'] as Record<string, unknown>;
    expect(host).toMatchObject({
      Privileged: true,
      ReadonlyPaths: ['/proc/sys/kernel'],
      CgroupnsMode: 'private',
      UsernsMode: 'host',
      NetworkMode: 'net',
      Tmpfs: { '/run': '', '/tmp': '' },
      RestartPolicy: { Name: 'unless-stopped' },
      Devices: [
        { PathOnHost: '/dev/mapper/control', PathInContainer: '/dev/mapper/control', CgroupPermissions: 'rwm' },
      ],
      Sysctls: { 'net.ipv6.conf.all.forwarding': '1' },
    });
    expect(host['Mounts']).toEqual([
      { Type: 'volume', Target: '/var', ReadOnly: false, VolumeOptions: { NoCopy: false } },
      { Type: 'bind', Source: '/lib/modules', Target: '/lib/modules', ReadOnly: true },
      {
        Type: 'volume',
        Source: 'images',
        Target: '/dind64-components',
        ReadOnly: true,
        VolumeOptions: { NoCopy: true },
      },
    ]);
    expect(host).not.toHaveProperty('CapDrop');
    expect(host).not.toHaveProperty('SecurityOpt');
  });

  it('renders a helper of two networks with both loopback addresses of a port', () => {
    const body = renderContainerBody({
      image: 'api:1',
      labels: {},
      capabilities: ['NET_BIND_SERVICE'],
      readOnlyRoot: true,
      unconfinedPaths: true,
      network: [
        { network: 'net', gatewayPriority: 0 },
        { network: 'egress', gatewayPriority: 100, aliases: ['api'] },
      ],
      ports: [
        { hostIp: '127.0.0.1', hostPort: 7000, containerPort: 6443 },
        { hostIp: '::1', hostPort: 7000, containerPort: 6443 },
      ],
    });
    expect(body).toMatchObject({
      ExposedPorts: { '6443/tcp': {} },
      HostConfig: {
        NetworkMode: 'net',
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        CapAdd: ['NET_BIND_SERVICE'],
        MaskedPaths: [],
        ReadonlyPaths: [],
        SecurityOpt: ['no-new-privileges', 'apparmor=unconfined', 'label=disable'],
        PortBindings: {
          '6443/tcp': [
            { HostIp: '127.0.0.1', HostPort: '7000' },
            { HostIp: '::1', HostPort: '7000' },
          ],
        },
      },
      NetworkingConfig: {
        EndpointsConfig: {
          net: { GwPriority: 0, DriverOpts: { 'com.docker.network.endpoint.ifname': 'eth0' } },
          egress: { GwPriority: 100, Aliases: ['api'], DriverOpts: { 'com.docker.network.endpoint.ifname': 'eth1' } },
        },
      },
    });
  });
});
