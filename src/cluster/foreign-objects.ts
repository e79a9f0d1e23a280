import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { labels } from '../labels.js';
import { nameCluster, workerName } from '../plan/names.js';

export interface ForeignObject {
  kind: 'container' | 'network' | 'volume';
  name: string;
}

/** Containers, networks and volumes that have a cluster's names and are not its own. */
export async function findForeignObjects(
  engine: Engine,
  clusterName: string,
  numWorkers: number,
): Promise<ForeignObject[]> {
  const names = nameCluster(clusterName);
  const helpers = [names.dns64, names.nat64, names.api, names.host];
  const containers = [
    names.controlPlane,
    ...Array.from({ length: numWorkers }, (_, index) => workerName(clusterName, index + 1)),
    ...helpers,
  ];
  const [foundContainers, foundNetworks, foundVolumes] = await Promise.all([
    Promise.all(containers.map((name) => engine.findContainer(name))),
    Promise.all([names.nodeNetwork, names.egressNetwork].map((name) => engine.findNetwork(name))),
    Promise.all(helpers.map((name) => engine.findVolume(name))),
  ]);
  return (
    [
      ['container', foundContainers],
      ['network', foundNetworks],
      ['volume', foundVolumes],
    ] as const
  ).flatMap(([kind, found]) =>
    found
      .filter((object) => object !== undefined && !isOwn(object, clusterName))
      .map((object) => ({ kind, name: object?.name ?? '' })),
  );
}

/** Refuses to make a cluster where there are such: they would be used or replaced. */
export async function refuseForeignObjects(engine: Engine, clusterName: string, numWorkers: number): Promise<void> {
  const foreign = await findForeignObjects(engine, clusterName, numWorkers);
  const [first] = foreign;
  if (first === undefined) return;
  throw new DindError({
    code: 'name-taken',
    source: 'user',
    exitCode: 2,
    doing: `looking for the names of the cluster ${clusterName}`,
    where: engine.endpoint,
    observed: foreign.map(({ kind, name }) => `there is a ${kind} ${name} that is not of this cluster`).join('\n'),
    hint: remedyForeignObject(first),
  });
}

/** What to do about such an object. */
export function remedyForeignObject({ kind, name }: ForeignObject): string {
  return `choose another DIND_CLUSTER_NAME, or remove what has its names: docker ${kind === 'container' ? '' : `${kind} `}rm ${name}`;
}

/** Whether an object carries this cluster's label. */
export function isOwn(object: { labels: Record<string, string> }, clusterName: string): boolean {
  return object.labels[labels.cluster] === clusterName;
}
