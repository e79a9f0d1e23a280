import { ask } from './engine-error.js';
import type { Connection } from './transport.js';
import type { EngineInfo } from './types.js';

interface ApiInfo {
  Name: string;
  OperatingSystem: string;
  KernelVersion: string;
  Driver: string;
  DriverStatus: [string, string][] | null;
  SecurityOptions: string[] | null;
  CgroupVersion?: string;
  DockerRootDir: string;
  MemTotal?: number;
  NCPU?: number;
  FirewallBackend?: { Driver?: string };
}

interface ApiVersion {
  Version: string;
  ApiVersion: string;
  Os: string;
  Arch: string;
  Components?: { Name: string }[];
}

/** Facts about the engine and its host, from `GET /version` and `GET /info`. */
export async function readEngineInfo({ docker, endpoint }: Connection): Promise<EngineInfo> {
  const [version, info] = await ask(endpoint, "reading the engine's facts", async () =>
    Promise.all([docker.version() as Promise<unknown> as Promise<ApiVersion>, docker.info() as Promise<ApiInfo>]),
  );
  return engineInfo(version, info);
}

/** Pure part of readEngineInfo. */
export function engineInfo(version: ApiVersion, info: ApiInfo): EngineInfo {
  const status = new Map(info.DriverStatus ?? []);
  const hasSecurityOption = (name: string): boolean =>
    (info.SecurityOptions ?? []).some((option) => option.split(',')[0] === `name=${name}`);
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    os: `${version.Os}/${version.Arch}`,
    arch: version.Arch,
    name: info.Name,
    rootless: hasSecurityOption('rootless'),
    podman: (version.Components ?? []).some(({ Name }) => Name === 'Podman Engine'),
    desktop: isDesktop(info),
    userNamespaceRemap: hasSecurityOption('userns'),
    cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
    storageDriver: info.Driver,
    containerdImageStore: status.get('driver-type') === 'io.containerd.snapshotter.v1',
    backingFilesystem: status.get('Backing Filesystem'),
    firewallBackend: (info.FirewallBackend?.Driver ?? '').includes('nftables') ? 'nftables' : 'iptables',
    informsFirewalld: info.FirewallBackend === undefined || (info.FirewallBackend.Driver ?? '').includes('firewalld'),
    kernel: info.KernelVersion,
    dataRoot: info.DockerRootDir,
    memoryBytes: info.MemTotal,
    cpus: info.NCPU,
    securityOptions: (info.SecurityOptions ?? []).map((option) => option.replace(/^name=/, '').replace(/,.*/, '')),
  };
}

/** The products whose engine runs in a virtual machine on the user's own. */
function isDesktop({ OperatingSystem, Name, KernelVersion }: ApiInfo): boolean {
  return (
    /docker desktop|orbstack|rancher desktop/i.test(OperatingSystem) ||
    /^(docker-desktop|orbstack|colima|lima)/.test(Name) ||
    /linuxkit|orbstack/.test(KernelVersion)
  );
}
