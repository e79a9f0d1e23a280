import { isCommandsOwn, labels } from '../../labels.js';
import { nameCluster } from '../../plan/names.js';
import { checkOf, ok, warning } from '../check.js';
import type { DoctorParts } from '../facts.js';
import { howTo } from '../../how-to.js';

/** What an earlier cluster has left: rules that no cluster owns, records of host changes without a cluster, parts of a cluster without its network. */
export const leftovers = checkOf(
  {
    id: 'leftovers',
    title: 'leftovers',
    looked:
      'rules of dind64 on the host, records of host changes, and parts of clusters, against the clusters that there are',
  },
  ['engine', 'machine'],
  ({ engine, machine }, { settings }) => {
    const clusters = listClusters(engine);
    const halves = clusters.filter(({ isWhole }) => !isWhole).map(({ name }) => name);
    const chains = new Set(
      clusters.flatMap(({ name }) => {
        const { hostTable, formerChains } = nameCluster(name);
        return [hostTable, ...formerChains];
      }),
    );
    const orphans = machine.ownChains.filter((chain) => !chains.has(chain));
    const records =
      clusters.length > 0
        ? []
        : engine.volumes.filter((volume) => volume.labels[labels.hostChange] !== undefined).map(({ name }) => name);
    const seen = [
      ...(halves.length === 0 ? [] : [`parts of clusters without a node network: ${halves.join(', ')}`]),
      ...(orphans.length === 0 ? [] : [`packet rules of a cluster that is gone: ${orphans.join(', ')}`]),
      ...(records.length === 0 ? [] : [`changes to the host that no cluster needs any more: ${records.join(', ')}`]),
    ];
    if (seen.length > 0)
      return warning(
        seen.join('; '),
        [...cleanings(halves, records, settings.clusterName), ...removals(orphans)].join('\n'),
      );
    return ok(
      clusters.length === 0
        ? 'nothing of any cluster'
        : `nothing beside ${clusters.length === 1 ? 'the cluster' : 'the clusters'} ${clusters.map(({ name }) => name).join(', ')}`,
    );
  },
);

function listClusters({ networks, containers, volumes }: DoctorParts['engine']): { name: string; isWhole: boolean }[] {
  const nameOf = (object: { labels: Record<string, string> }): string[] => {
    const name = object.labels[labels.cluster];
    return name === undefined ? [] : [name];
  };
  const names = new Set(
    [...networks, ...containers.filter((container) => !isCommandsOwn(container)), ...volumes].flatMap(nameOf),
  );
  return [...names]
    .sort()
    .map((name) => ({ name, isWhole: networks.some((network) => network.name === nameCluster(name).nodeNetwork) }));
}

function cleanings(halves: readonly string[], records: readonly string[], current: string): string[] {
  const names = halves.length === 0 && records.length > 0 ? [current] : halves;
  return names.map((name) => howTo('clean', name === current ? '' : `DIND_CLUSTER_NAME=${name}`));
}

function removals(orphans: readonly string[]): string[] {
  return orphans.length === 0 ? [] : orphans.map((name) => `sudo nft delete table ip6 ${name}`);
}
