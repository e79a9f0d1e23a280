import { isCommandsOwn, labels } from '../labels.js';
import type { Engine } from '../engine/types.js';
import type { HostFacts } from '../plan/types.js';
import { listForwardingUsers, type ForwardingUsers } from './forwarding-users.js';

/** Why the engine still needs forwarding of each family; `undefined`: it does not. */
export interface Dependents {
  ipv4: string | undefined;
  ipv6: string | undefined;
}

/** Who else needs forwarding of each family: another cluster by any object of its, or any other network of the engine's. */
export async function findDependents(engine: Engine, clusterName: string): Promise<Dependents> {
  const [networks, containers, volumes] = await Promise.all([
    engine.listNetworks(),
    engine.listContainers({ [labels.cluster]: undefined }),
    engine.listVolumes({ [labels.cluster]: undefined }),
  ]);
  // A command's own containers are no cluster: two `clean` at once would each take the other's for one, and both leave the host as it is.
  const lasting = containers.filter((container) => !isCommandsOwn(container));
  const otherCluster = [...networks, ...lasting, ...volumes]
    .map((object) => object.labels[labels.cluster])
    .find((name) => name !== undefined && name !== clusterName);
  const others = networks.filter(
    (network) => network.labels[labels.cluster] !== clusterName && !['host', 'null'].includes(network.driver),
  );
  const needs = (network: { name: string } | undefined, family: string): string | undefined =>
    otherCluster !== undefined
      ? `the cluster ${otherCluster} needs it`
      : network === undefined
        ? undefined
        : `the engine's ${family} network ${network.name} needs it`;
  return {
    ipv4: needs(
      others.find((network) => network.ipv4Enabled),
      'IPv4',
    ),
    ipv6: needs(
      others.find((network) => network.ipv6Enabled),
      'IPv6',
    ),
  };
}

/** Who may use forwarding besides the engine. */
export async function findForwardingUsers(engine: Engine, facts: HostFacts): Promise<ForwardingUsers> {
  const networks = await engine.listNetworks();
  return listForwardingUsers(
    facts,
    networks.flatMap(({ bridge }) => bridge ?? []),
  );
}
