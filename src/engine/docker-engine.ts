import type { Readable } from 'node:stream';
import type { EngineEnvironment } from '../settings/types.js';
import { buildImage } from './build-image.js';
import { putFiles, readFile, readFiles } from './container-files.js';
import { readLogs } from './container-logs.js';
import * as containers from './containers.js';
import { readEngineInfo } from './engine-info.js';
import { exec } from './exec.js';
import { holdContainer } from './hold-container.js';
import { importImage, loadImages, saveImages } from './image-archives.js';
import * as images from './images.js';
import * as networks from './networks.js';
import { pullImage } from './pull-image.js';
import { runContainer, type RunOptions } from './run-container.js';
import type { Connection } from './transport.js';
import type {
  BuildRequest,
  ContainerSpec,
  ContainerState,
  Engine,
  EngineInfo,
  ExecOptions,
  ExecResult,
  FileEntry,
  Hold,
  ImagePlatform,
  ImageState,
  NetworkSpec,
  NetworkState,
  VolumeState,
} from './types.js';
import * as volumes from './volumes.js';

type Labels = Record<string, string>;
type LabelFilter = Record<string, string | undefined>;

/** The Engine over Docker's API. Every verb is a function in a file of this folder; this only gives them their connection. */
export class DockerEngine implements Engine {
  readonly endpoint: string;

  constructor(
    private readonly connection: Connection,
    private readonly env: EngineEnvironment,
  ) {
    this.endpoint = connection.endpoint;
  }

  info(): Promise<EngineInfo> {
    return readEngineInfo(this.connection);
  }

  findImage(reference: string): Promise<ImageState | undefined> {
    return images.findImage(this.connection, reference);
  }
  listImages(filter: LabelFilter): Promise<ImageState[]> {
    return images.listImages(this.connection, filter);
  }
  async pullImage(
    reference: string,
    options: { signal?: AbortSignal; onLine?: (line: string) => void } = {},
  ): Promise<ImageState> {
    await pullImage(this.connection, this.env.dockerConfig, reference, options);
    return images.readImage(this.connection, reference);
  }
  async buildImage(request: BuildRequest): Promise<ImageState> {
    await buildImage(this.connection, request);
    return images.readImage(this.connection, request.tag);
  }
  async importImage(tarball: Readable, tag: string, labels: Labels, signal?: AbortSignal): Promise<ImageState> {
    await importImage(this.connection, tarball, { tag, labels, signal });
    return images.readImage(this.connection, tag);
  }
  saveImages(references: string[], platform?: ImagePlatform): Promise<Readable> {
    return saveImages(this.connection, references, platform);
  }
  loadImages(archive: Readable): Promise<string[]> {
    return loadImages(this.connection, archive);
  }
  tagImage(reference: string, name: string): Promise<void> {
    return images.tagImage(this.connection, reference, name);
  }
  removeImage(reference: string): Promise<void> {
    return images.removeImage(this.connection, reference);
  }

  findNetwork(name: string): Promise<NetworkState | undefined> {
    return networks.findNetwork(this.connection, name);
  }
  listNetworks(): Promise<NetworkState[]> {
    return networks.listNetworks(this.connection);
  }
  createNetwork(spec: NetworkSpec): Promise<NetworkState> {
    return networks.createNetwork(this.connection, spec);
  }
  removeNetwork(name: string): Promise<void> {
    return networks.removeNetwork(this.connection, name);
  }

  findVolume(name: string): Promise<VolumeState | undefined> {
    return volumes.findVolume(this.connection, name);
  }
  listVolumes(filter: LabelFilter): Promise<VolumeState[]> {
    return volumes.listVolumes(this.connection, filter);
  }
  createVolume(name: string, labels: Labels, fileSystem?: 'bpf'): Promise<VolumeState> {
    return volumes.createVolume(this.connection, name, labels, fileSystem);
  }
  removeVolume(name: string): Promise<void> {
    return volumes.removeVolume(this.connection, name);
  }

  findContainer(name: string): Promise<ContainerState | undefined> {
    return containers.findContainer(this.connection, name);
  }
  listContainers(filter: LabelFilter): Promise<ContainerState[]> {
    return containers.listContainers(this.connection, filter);
  }
  createContainer(spec: ContainerSpec): Promise<ContainerState> {
    return containers.createContainer(this.connection, spec);
  }
  startContainer(name: string): Promise<void> {
    return containers.startContainer(this.connection, name);
  }
  stopContainer(name: string, graceSeconds = 10): Promise<void> {
    return containers.stopContainer(this.connection, name, graceSeconds);
  }
  restartContainer(name: string): Promise<void> {
    return containers.restartContainer(this.connection, name);
  }
  pauseContainer(name: string): Promise<void> {
    return containers.pauseContainer(this.connection, name);
  }
  unpauseContainer(name: string): Promise<void> {
    return containers.unpauseContainer(this.connection, name);
  }
  removeContainer(name: string): Promise<void> {
    return containers.removeContainer(this.connection, name);
  }
  putFiles(container: string, directory: string, files: FileEntry[]): Promise<void> {
    return putFiles(this.connection, container, directory, files);
  }
  readFile(container: string, path: string): Promise<Buffer | undefined> {
    return readFile(this.connection, container, path);
  }

  readFiles(container: string, directory: string): Promise<FileEntry[] | undefined> {
    return readFiles(this.connection, container, directory);
  }
  exec(container: string, argv: string[], options: ExecOptions = {}): Promise<ExecResult> {
    return exec(this.connection, container, argv, options);
  }
  run(spec: ContainerSpec, options: RunOptions = {}): Promise<ExecResult> {
    return runContainer(this.connection, spec, options);
  }
  hold(spec: ContainerSpec): Promise<Hold> {
    return holdContainer(this.connection, spec);
  }
  logs(container: string, tailLines: number): Promise<string> {
    return readLogs(this.connection, container, tailLines);
  }
}
