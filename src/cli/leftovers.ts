import type { Engine } from '../engine/types.js';
import { isCommandsOwn, labels } from '../labels.js';

/** How long the engine may take for the answer: the user has pressed Ctrl-C and waits. */
const limitMs = 800;

/** What of a cluster is on the engine, in words: `3 containers, 2 networks`; `undefined` when the engine does not say in time. */
export async function describeLeftovers(engine: Engine, clusterName: string): Promise<string | undefined> {
  const filter = { [labels.cluster]: clusterName };
  const asked = Promise.all([engine.listContainers(filter), engine.listNetworks(), engine.listVolumes(filter)]).then(
    ([containers, networks, volumes]) =>
      describe([
        [containers.filter((container) => !isCommandsOwn(container)).length, 'container'],
        [networks.filter((network) => network.labels[labels.cluster] === clusterName).length, 'network'],
        [volumes.length, 'volume'],
      ]),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, limitMs);
  });
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(counts: readonly (readonly [number, string])[]): string {
  const parts = counts
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}
