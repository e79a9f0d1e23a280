import type { Engine } from '../../src/engine/types.js';

/** All that is on an engine, by name; anonymous volumes by their number, image caches left out. Two finished clusters of one shape give the same. */
export async function listEngineObjects(engine: Engine): Promise<string[]> {
  const [containers, networks, volumes] = await Promise.all([
    engine.listContainers({}),
    engine.listNetworks(),
    engine.listVolumes({}),
  ]);
  const isAnonymous = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
  return [
    ...containers.map(({ name, status }) => `container ${name} ${status}`),
    ...networks.map(({ name }) => `network ${name}`),
    ...volumes
      .filter(({ name }) => !isAnonymous(name) && !name.startsWith('dind64-components'))
      .map(({ name }) => `volume ${name}`),
    `${volumes.filter(({ name }) => isAnonymous(name)).length} anonymous volumes`,
  ].sort();
}
