import type { ContainerSpec, Mount, NetworkAttachment } from './types.js';

/** Renders the body of `POST /containers/create`. Pure; least privilege unless the spec says otherwise (types.ts, ContainerSpec). `throwAway`: the engine removes it at its end. */
export function renderContainerBody(spec: ContainerSpec, throwAway = false): Record<string, unknown> {
  const attachments = Array.isArray(spec.network) ? spec.network : [];
  return {
    Image: spec.image,
    Labels: spec.labels,
    Hostname: spec.hostname,
    Entrypoint: spec.entrypoint,
    Cmd: spec.command,
    User: spec.user,
    StopSignal: spec.stopSignal,
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: Object.fromEntries((spec.ports ?? []).map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: { ...renderHostConfig(spec), ...(throwAway ? { AutoRemove: true } : {}) },
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        attachments.map((attachment, index) => [
          attachment.network,
          renderEndpoint(attachment, index, attachments.length),
        ]),
      ),
    },
  };
}

function renderHostConfig(spec: ContainerSpec): Record<string, unknown> {
  return {
    // An init of the engine's would take PID 1 from systemd, and daemon.json may ask for it.
    Init: false,
    LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
    // Another default runtime (gVisor, Kata) has neither privileged containers nor the host's network.
    Runtime: 'runc',
    Ulimits: spec.openFiles === undefined ? [] : [{ Name: 'nofile', Soft: spec.openFiles, Hard: spec.openFiles }],
    RestartPolicy: { Name: spec.restart ?? 'no' },
    NetworkMode: renderNetworkMode(spec.network),
    ...renderPrivileges(spec),
    ReadonlyRootfs: spec.readOnlyRoot ?? false,
    Tmpfs: spec.tmpfs ?? {},
    Mounts: (spec.mounts ?? []).map(renderMount),
    Devices: (spec.devices ?? []).map((path) => ({
      PathOnHost: path,
      PathInContainer: path,
      CgroupPermissions: 'rwm',
    })),
    Sysctls: spec.sysctls ?? {},
    PortBindings: renderPorts(spec),
    Dns: spec.dns,
    CgroupnsMode: spec.privateCgroups === undefined ? undefined : spec.privateCgroups ? 'private' : 'host',
    UsernsMode: spec.userNamespace,
    PidMode: spec.pidNamespace,
  };
}

function renderNetworkMode(network: ContainerSpec['network']): string {
  if (Array.isArray(network)) return network[0]?.network ?? 'none';
  return typeof network === 'string' ? network : `container:${network.container}`;
}

function renderPrivileges(spec: ContainerSpec): Record<string, unknown> {
  if (spec.privileged === true) return { Privileged: true, ReadonlyPaths: spec.readOnlyPaths };
  // AppArmor's docker-default forbids writing /proc/sys outside kernel/, SELinux's container_t all of it, whatever the mounts say.
  const unconfined = spec.unconfinedPaths === true ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
  const security =
    spec.unconfinedPaths === true
      ? ['no-new-privileges', 'apparmor=unconfined', 'label=disable']
      : ['no-new-privileges'];
  return { Privileged: false, CapDrop: ['ALL'], CapAdd: spec.capabilities ?? [], SecurityOpt: security, ...unconfined };
}

function renderMount(mount: Mount): Record<string, unknown> {
  return {
    Type: mount.type,
    Target: mount.target,
    ReadOnly: mount.readOnly ?? false,
    Source: mount.source,
    ...(mount.type === 'volume' ? { VolumeOptions: { NoCopy: mount.noCopy ?? false } } : {}),
  };
}

function renderPorts(spec: ContainerSpec): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const { hostIp, hostPort, containerPort } of spec.ports ?? []) {
    (bindings[`${containerPort}/tcp`] ??= []).push({ HostIp: hostIp, HostPort: String(hostPort) });
  }
  return bindings;
}

function renderEndpoint(attachment: NetworkAttachment, index: number, count: number): Record<string, unknown> {
  return {
    IPAMConfig: attachment.ipv6 === undefined ? undefined : { IPv6Address: attachment.ipv6 },
    MacAddress: attachment.macAddress,
    GwPriority: attachment.gatewayPriority,
    Aliases: attachment.aliases,
    // The engine connects networks in an order of its own: the interface's name says which is which (Docker 28).
    ...(count < 2 ? {} : { DriverOpts: { 'com.docker.network.endpoint.ifname': `eth${index}` } }),
  };
}
