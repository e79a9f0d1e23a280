import type { ClusterStatus } from '../../results/status.js';
import { checkOf, failure, ok, warning } from '../check.js';
import { howTo } from '../../how-to.js';

const none = 'there is no cluster yet';

/** The command that puts right what is missing. */
function again({ attached }: Pick<ClusterStatus, 'attached'>): string {
  return howTo(attached === undefined ? 'up' : `attach --kind ${attached.cluster}`);
}

export const nodes = checkOf(
  { id: 'nodes', title: 'nodes', looked: "the containers of the cluster's nodes, and what the API says of them" },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    const bad = cluster.nodes.filter(({ health, ready }) => health !== 'running' || ready !== true);
    if (cluster.nodes.length === 0)
      return warning('the cluster has a network and no nodes', `${howTo('up')}     # or ${howTo('clean')}`);
    if (bad.length === 0) return ok(`${cluster.nodes.length} Ready`);
    const [first] = bad;
    const seen = bad
      .map(
        ({ name, health, ready }) =>
          `${name} is ${health === 'running' ? (ready === undefined ? 'running, and the API does not answer' : 'running and not Ready') : health}`,
      )
      .join('; ');
    if (bad.every(({ health }) => health === 'paused')) return warning(seen, howTo('unpause'));
    return failure(
      seen,
      first?.health === 'running'
        ? `docker exec ${first.name} sh -c 'systemctl status --no-pager kubelet containerd; journalctl --no-pager -n 30 -u kubelet'     # then: ${again(cluster)}`
        : again(cluster),
    );
  },
);

export const helpers = checkOf(
  {
    id: 'helpers',
    title: 'helpers',
    looked: 'the containers of DNS64, NAT64 and the API forwarder, and whether they do their work',
  },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    const bad = cluster.helpers.filter(({ health, detail }) => health !== 'running' || detail !== undefined);
    if (bad.length === 0)
      return ok(cluster.attached === undefined ? 'DNS64, NAT64 and the API forwarder work' : 'DNS64 and NAT64 work');
    const seen = bad
      .map(({ name, health, detail }) => `${name} is ${health}${detail === undefined ? '' : `: ${detail}`}`)
      .join('; ');
    if (bad.every(({ health }) => health === 'paused')) return warning(seen, howTo('unpause'));
    return failure(seen, `docker logs --tail 30 ${bad[0]?.name ?? ''}     # then: ${again(cluster)}`);
  },
);

export const hostRules = checkOf(
  {
    id: 'host-rules',
    title: 'rules of the cluster',
    looked: "dind64's table, policy routing and gateway on the engine host, and the container that keeps them so",
  },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    // Another tool's cluster has none; what leads its nodes and its cluster DNS to the helpers stands in their place.
    if (cluster.attached !== undefined)
      return cluster.drift.length === 0
        ? ok('none on the engine host; nodes and cluster DNS lead to DNS64 and NAT64')
        : failure(cluster.drift.join('; '), again(cluster));
    const missing = cluster.hostRules.filter(({ present }) => !present).map(({ name }) => name);
    const { guard } = cluster;
    if (guard !== undefined && (guard.health !== 'running' || guard.detail !== undefined))
      return failure(
        `${guard.name}, which keeps them, is ${guard.health}${guard.detail === undefined ? '' : `: ${guard.detail}`}`,
        `docker logs --tail 30 ${guard.name}     # then: ${howTo('up')}`,
      );
    if (missing.length > 0) return failure(`missing: ${missing.join('; ')}`, howTo('up'));
    const names = cluster.hostRules.map(({ name }) => name).join('; ');
    return ok(guard?.mended === undefined ? names : `${names}; last mended ${guard.mended}`);
  },
);

export const changed = checkOf(
  {
    id: 'changed',
    title: 'since it was made',
    looked: 'uplinks and resolvers of the engine host, against those that the cluster was made with',
  },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    return cluster.remarks.length === 0
      ? ok('nothing that matters')
      : warning(cluster.remarks.join('; '), again(cluster));
  },
);
