import { describe, expect, it } from 'vitest';
import { containerState, type ApiContainer } from '../../../src/engine/container-state.js';

describe('containerState', () => {
  const created: ApiContainer = {
    Id: '0f',
    Name: '/node',
    Image: 'sha256:1',
    Config: { Image: 'node:1', Labels: null },
    State: { Status: 'created', StartedAt: '0001-01-01T00:00:00Z', ExitCode: 0, Pid: 0 },
    NetworkSettings: {
      Networks: {
        net: {
          IPAMConfig: { IPv6Address: 'fd00:20::2' },
          MacAddress: '02:00:00:00:00:02',
          IPAddress: '',
          GlobalIPv6Address: '',
        },
        egress: { IPAMConfig: null },
      },
    },
    Mounts: [
      {
        Type: 'volume',
        Name: 'images',
        Source: '/var/lib/docker/volumes/images/_data',
        Destination: '/images',
        RW: false,
      },
      { Type: 'bind', Source: '/lib/modules', Destination: '/lib/modules', RW: false },
      { Type: 'tmpfs', Destination: '/run', RW: true },
    ],
    HostConfig: { Mounts: [{ Target: '/images', VolumeOptions: { NoCopy: true } }] },
  };

  it('tells of a created container what it will be, and that it never ran', () => {
    expect(containerState(created)).toEqual({
      id: '0f',
      name: 'node',
      image: 'node:1',
      imageId: 'sha256:1',
      labels: {},
      status: 'created',
      startedAt: '',
      exitCode: 0,
      pid: 0,
      networks: {
        net: { ipv6: 'fd00:20::2', ipv4: '', macAddress: '02:00:00:00:00:02' },
        egress: { ipv6: '', ipv4: '', macAddress: '' },
      },
      mounts: [
        { type: 'volume', source: 'images', target: '/images', readOnly: true, noCopy: true },
        { type: 'bind', source: '/lib/modules', target: '/lib/modules', readOnly: true },
      ],
    });
  });

  it('tells of a running container what it has', () => {
    const running = {
      ...created,
      State: { Status: 'running', StartedAt: '2026-11-23T13:00:00.1Z', ExitCode: 0, Pid: 7 },
      NetworkSettings: {
        Networks: {
          net: {
            IPAMConfig: { IPv6Address: 'fd00:20::2' },
            MacAddress: '02:00:00:00:00:02',
            IPAddress: '172.18.0.2',
            GlobalIPv6Address: 'fd00:20::2',
          },
        },
      },
    };
    expect(containerState(running)).toMatchObject({
      status: 'running',
      startedAt: '2026-11-23T13:00:00.1Z',
      pid: 7,
      networks: { net: { ipv6: 'fd00:20::2', ipv4: '172.18.0.2' } },
    });
  });
});
