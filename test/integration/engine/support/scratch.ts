import { randomBytes } from 'node:crypto';
import type {
  ContainerSpec,
  ContainerState,
  Engine,
  NetworkSpec,
  NetworkState,
  VolumeState,
} from '../../../../src/engine/types.js';
import { testLabels } from './busybox-image.js';

export function freshName(what: string): string {
  return `d64t-${what}-${randomBytes(3).toString('hex')}`;
}

/** A container that goes with its scope. */
export async function withContainer(
  engine: Engine,
  spec: ContainerSpec,
  started = true,
): Promise<ContainerState & AsyncDisposable> {
  const container = await engine.createContainer({ name: freshName('container'), ...spec });
  if (started) await engine.startContainer(container.name);
  return { ...container, [Symbol.asyncDispose]: () => engine.removeContainer(container.name) };
}

export async function withNetwork(engine: Engine, spec: Partial<NetworkSpec>): Promise<NetworkState & AsyncDisposable> {
  const network = await engine.createNetwork({
    name: freshName('network'),
    labels: testLabels,
    ipv4: false,
    ipv6: true,
    options: {},
    ...spec,
  });
  return { ...network, [Symbol.asyncDispose]: () => engine.removeNetwork(network.name) };
}

export async function withVolume(engine: Engine): Promise<VolumeState & AsyncDisposable> {
  const volume = await engine.createVolume(freshName('volume'), testLabels);
  return { ...volume, [Symbol.asyncDispose]: () => engine.removeVolume(volume.name) };
}

/** What a promise fails with. */
export async function failure<T extends Error = Error>(promise: Promise<unknown>): Promise<T> {
  try {
    await promise;
  } catch (error) {
    return error as T;
  }
  throw new Error('it did not fail');
}
