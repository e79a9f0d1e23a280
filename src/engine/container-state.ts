import type { ContainerState, Mount } from './types.js';

/** The parts of `GET /containers/NAME/json` that are used. */
export interface ApiContainer {
  Id: string;
  Name: string;
  Image: string;
  Config: { Image: string; Labels?: Record<string, string> | null };
  State: { Status: string; StartedAt: string; ExitCode: number; Pid: number };
  NetworkSettings: { Networks?: Record<string, ApiEndpoint> | null };
  Mounts?: { Type: string; Name?: string; Source?: string; Destination: string; RW: boolean }[] | null;
  HostConfig?: { Mounts?: { Target: string; VolumeOptions?: { NoCopy?: boolean } }[] | null };
}

interface ApiEndpoint {
  IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null;
  MacAddress?: string;
  IPAddress?: string;
  GlobalIPv6Address?: string;
}

/**
 * Pure: what the engine says of a container. Before the first start `startedAt` is empty and `pid` 0. A container that does not run has no
 * addresses; the ones it was made with, and will get again, are told then, empty where the engine will choose.
 */
export function containerState(container: ApiContainer): ContainerState {
  const { State: state } = container;
  const neverStarted = state.StartedAt.startsWith('0001-');
  return {
    id: container.Id,
    name: container.Name.replace(/^\//, ''),
    image: container.Config.Image,
    imageId: container.Image,
    labels: container.Config.Labels ?? {},
    status: state.Status as ContainerState['status'],
    startedAt: neverStarted ? '' : state.StartedAt,
    exitCode: state.ExitCode,
    pid: state.Pid,
    networks: Object.fromEntries(
      Object.entries(container.NetworkSettings.Networks ?? {}).map(([name, endpoint]) => [
        name,
        endpointState(endpoint),
      ]),
    ),
    mounts: (container.Mounts ?? []).flatMap((mount) => mountState(mount, container)),
  };
}

function endpointState(endpoint: ApiEndpoint): ContainerState['networks'][string] {
  return {
    ipv6: endpoint.GlobalIPv6Address || endpoint.IPAMConfig?.IPv6Address || '',
    ipv4: endpoint.IPAddress || endpoint.IPAMConfig?.IPv4Address || '',
    macAddress: endpoint.MacAddress ?? '',
  };
}

function mountState(mount: NonNullable<ApiContainer['Mounts']>[number], container: ApiContainer): Mount[] {
  if (mount.Type !== 'volume' && mount.Type !== 'bind') return [];
  const source = mount.Type === 'volume' ? mount.Name : mount.Source;
  const asked = container.HostConfig?.Mounts?.find(({ Target }) => Target === mount.Destination);
  return [
    {
      type: mount.Type,
      source,
      target: mount.Destination,
      readOnly: !mount.RW,
      ...(asked?.VolumeOptions?.NoCopy === true ? { noCopy: true } : {}),
    },
  ];
}
