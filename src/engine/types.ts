import type { Readable } from 'node:stream';

/** What dind64 needs to know of an engine. */
export interface EngineInfo {
  version: string;
  apiVersion: string;
  /** `linux/amd64` style. */
  os: string;
  /** Docker's name: `amd64`, `arm64`, ... */
  arch: string;
  name: string;
  rootless: boolean;
  podman: boolean;
  /** Docker Desktop, OrbStack, ...: the engine host is a VM that is not this machine. */
  desktop: boolean;
  userNamespaceRemap: boolean;
  cgroupVersion: '1' | '2';
  /** graph driver, or `overlayfs` with containerd's image store. */
  storageDriver: string;
  containerdImageStore: boolean;
  /** File system below the data root where the engine tells it, e.g. `extfs`, `btrfs`. */
  backingFilesystem: string | undefined;
  firewallBackend: 'iptables' | 'nftables';
  /** It takes its bridges into a zone of a running firewalld, or it does not say. */
  informsFirewalld: boolean;
  kernel: string;
  dataRoot: string;
  /** Of the engine host; absent where the engine does not tell. */
  memoryBytes: number | undefined;
  cpus: number | undefined;
  /** What separates containers from the host: `apparmor`, `selinux`, `seccomp`, `cgroupns`, ... */
  securityOptions: string[];
}

export interface Mount {
  type: 'volume' | 'bind';
  /** Volume name or path on the engine host; absent: an anonymous volume. */
  source?: string | undefined;
  target: string;
  readOnly?: boolean | undefined;
  /** Binds: left out where the engine host has no such path, on which nothing is made; without it that is an error. */
  optional?: boolean | undefined;
  /** Volumes: do not copy what the image has at `target`. */
  noCopy?: boolean | undefined;
}

export interface NetworkAttachment {
  network: string;
  ipv6?: string | undefined;
  macAddress?: string | undefined;
  /** Higher wins the default routes (API 1.48). */
  gatewayPriority?: number | undefined;
  aliases?: string[] | undefined;
}

/** A port on the engine host. `hostIp` is `127.0.0.1` or `::1`: nothing listens beyond loopback. */
export interface PublishedPort {
  hostIp: '127.0.0.1' | '::1';
  hostPort: number;
  containerPort: number;
}

/** Least privilege is the default: all capabilities dropped, no-new-privileges, no IPC or PID sharing. */
export interface ContainerSpec {
  name?: string;
  image: string;
  hostname?: string;
  entrypoint?: string[];
  command?: string[];
  env?: Record<string, string>;
  labels: Record<string, string>;
  /** Nodes only. Otherwise `capabilities` lists the few that are added back. */
  privileged?: boolean;
  /** Paths that are read-only in spite of `privileged`, for every process of the container; those that do not exist are passed over. */
  readOnlyPaths?: readonly string[];
  capabilities?: string[];
  /** Descriptors that a process of it may have open (RLIMIT_NOFILE), whatever the engine's own default is. */
  openFiles?: number;
  /** /proc and /sys without Docker's masks and read-only paths (host sysctls). */
  unconfinedPaths?: boolean;
  readOnlyRoot?: boolean;
  /** path -> mount options, e.g. `{'/run': ''}`. */
  tmpfs?: Record<string, string>;
  mounts?: Mount[];
  devices?: string[];
  sysctls?: Record<string, string>;
  /** Docker networks in order, the engine host's own namespace, that of a running container, or none. */
  network: NetworkAttachment[] | 'host' | 'none' | { container: string };
  ports?: PublishedPort[];
  restart?: 'no' | 'unless-stopped' | 'on-failure';
  privateCgroups?: boolean;
  /** `host` turns the engine's user namespace remap off (privileged nodes). */
  userNamespace?: 'host';
  pidNamespace?: 'host';
  user?: string;
  dns?: string[];
  stopSignal?: string;
}

export interface FileEntry {
  /** Path relative to the directory given to putFiles; parents are made. One that ends with `/` is a directory (default mode 0o755). */
  path: string;
  content: string | Buffer;
  /** Default 0o644. */
  mode?: number;
  /** A symbolic link's target, in place of content. */
  link?: string;
}

export interface ContainerState {
  id: string;
  name: string;
  image: string;
  imageId: string;
  labels: Record<string, string>;
  status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  startedAt: string;
  exitCode: number;
  pid: number;
  networks: Record<string, { ipv6: string; ipv4: string; macAddress: string }>;
  mounts: Mount[];
}

export interface NetworkSpec {
  name: string;
  labels: Record<string, string>;
  ipv4: boolean;
  ipv6: boolean;
  ipv6Subnet?: string;
  /** The bridge's own address. */
  ipv6Gateway?: string;
  /** Where its containers' default route leads, an address in the subnet; without it, to the bridge's own. */
  ipv6DefaultGateway?: string;
  /** Part of the subnet that containers without an address of their own get theirs from; without it, all of it. */
  ipv6Range?: string;
  /** Driver options, e.g. com.docker.network.bridge.name. */
  options: Record<string, string>;
}

export interface NetworkState {
  id: string;
  name: string;
  driver: string;
  labels: Record<string, string>;
  ipv4Enabled: boolean;
  ipv6Enabled: boolean;
  subnets: string[];
  /** Parts of the subnets that containers without an address of their own get theirs from, where they are limited. */
  ranges: string[];
  /** Bridge interface on the engine host (`docker0`, `br-<id>` or the option's). */
  bridge: string | undefined;
  options: Record<string, string>;
  containers: string[];
}

export interface VolumeState {
  name: string;
  labels: Record<string, string>;
  createdAt: string;
  mountpoint: string;
}

/** As OCI has it: `linux`, `amd64`. */
export interface ImagePlatform {
  os: string;
  architecture: string;
}

export interface ImageState {
  id: string;
  tags: string[];
  labels: Record<string, string>;
  sizeBytes: number;
  createdAt: string;
  env: string[];
  entrypoint: string[];
}

export interface ExecOptions {
  stdin?: string | Buffer | Readable | undefined;
  env?: Record<string, string> | undefined;
  user?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Called with every complete line of stdout and stderr as it comes. */
  onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
}

export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  stdin?: string | Buffer | Readable | undefined;
  signal?: AbortSignal | undefined;
  /** Absolute paths. */
  files?: FileEntry[] | undefined;
  onLine?: ((line: string) => void) | undefined;
  /** Takes stdout as it comes, bytes and all; the result's `stdout` is empty then, and `onLine` is told of stderr alone. */
  onOutput?: ((chunk: Buffer) => void) | undefined;
}

/** A container that runs as long as this process keeps it. */
export interface Hold {
  release(): Promise<void>;
}

export interface BuildRequest {
  tag: string;
  /** The whole context, Dockerfile at its root. No BuildKit syntax. */
  files: FileEntry[];
  buildArgs: Record<string, string>;
  labels: Record<string, string>;
  target?: string | undefined;
  signal?: AbortSignal | undefined;
  /** `Step 3/9 : RUN ...` and output lines. */
  onLine?: ((line: string) => void) | undefined;
}

/** The few verbs that dind64 needs of a Docker engine. Everything throws DindError; nothing outside engine/ knows Docker. */
export interface Engine {
  /** For messages: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  info(): Promise<EngineInfo>;

  findImage(reference: string): Promise<ImageState | undefined>;
  listImages(labelFilter: Record<string, string | undefined>): Promise<ImageState[]>;
  pullImage(
    reference: string,
    options?: { signal?: AbortSignal; onLine?: (line: string) => void },
  ): Promise<ImageState>;
  buildImage(request: BuildRequest): Promise<ImageState>;
  /** A root filesystem tarball becomes a one-layer image. */
  importImage(
    tarball: Readable,
    tag: string,
    labels: Record<string, string>,
    signal?: AbortSignal,
  ): Promise<ImageState>;
  /** One archive of several images. `platform`: of an image for several; containerd's image store alone takes it. */
  saveImages(references: string[], platform?: ImagePlatform): Promise<Readable>;
  loadImages(archive: Readable): Promise<string[]>;
  /** Gives an image a further name. */
  tagImage(reference: string, name: string): Promise<void>;
  removeImage(reference: string): Promise<void>;

  findNetwork(name: string): Promise<NetworkState | undefined>;
  listNetworks(): Promise<NetworkState[]>;
  createNetwork(spec: NetworkSpec): Promise<NetworkState>;
  removeNetwork(name: string): Promise<void>;

  findVolume(name: string): Promise<VolumeState | undefined>;
  listVolumes(labelFilter: Record<string, string | undefined>): Promise<VolumeState[]>;
  /** `fileSystem`: of that type (`bpf`) instead of a folder of the engine's; mounted when a container starts that has it. */
  createVolume(name: string, labels: Record<string, string>, fileSystem?: 'bpf'): Promise<VolumeState>;
  removeVolume(name: string): Promise<void>;

  findContainer(name: string): Promise<ContainerState | undefined>;
  listContainers(labelFilter: Record<string, string | undefined>): Promise<ContainerState[]>;
  createContainer(spec: ContainerSpec): Promise<ContainerState>;
  startContainer(name: string): Promise<void>;
  stopContainer(name: string, graceSeconds?: number): Promise<void>;
  restartContainer(name: string): Promise<void>;
  pauseContainer(name: string): Promise<void>;
  unpauseContainer(name: string): Promise<void>;
  /** Removes it with its anonymous volumes, running or not; absent is fine. */
  removeContainer(name: string): Promise<void>;
  /** Works on created, running and stopped containers; onto a read-only root only below a writable volume. A running container's tmpfs is not reached: use exec. */
  putFiles(container: string, directory: string, files: FileEntry[]): Promise<void>;
  /** `undefined` when there is no such file. Follows symbolic links; sees no tmpfs of a running container. */
  readFile(container: string, path: string): Promise<Buffer | undefined>;
  /** The files below a directory, with their modes; `undefined` when there is no such container or directory. One question, whatever the container's state. */
  readFiles(container: string, directory: string): Promise<FileEntry[] | undefined>;
  /** Never throws for an exit code. An aborted signal ends the process in the container too. */
  exec(container: string, argv: string[], options?: ExecOptions): Promise<ExecResult>;
  /** Creates, puts files (absolute paths), starts, collects output, removes. An aborted signal kills it. */
  run(spec: ContainerSpec, options?: RunOptions): Promise<ExecResult>;
  /** Starts a container whose program ends with its input, for as long as this process lives and has not released it. Throws `name-taken`. */
  hold(spec: ContainerSpec): Promise<Hold>;
  logs(container: string, tailLines: number): Promise<string>;
}
