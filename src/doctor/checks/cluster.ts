import { checkOf, failure, ok, warning } from '../check.js';

const none = 'there is no cluster yet';

export const nodes = checkOf(
  { id: 'nodes', title: 'nodes', looked: "the containers of the cluster's nodes, and what the API says of them" },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    const bad = cluster.nodes.filter(({ health, ready }) => health !== 'running' || ready !== true);
    if (cluster.nodes.length === 0)
      return warning('the cluster has a network and no nodes', 'npm run up     # or npm run clean');
    if (bad.length === 0) return ok(`${cluster.nodes.length} Ready`);
    const [first] = bad;
    const seen = bad
      .map(
        ({ name, health, ready }) =>
          `${name} is ${health === 'running' ? (ready === undefined ? 'running, and the API does not answer' : 'running and not Ready') : health}`,
      )
      .join('; ');
    if (bad.every(({ health }) => health === 'paused')) return warning(seen, 'npm run unpause');
    return failure(
      seen,
      first?.health === 'running'
        ? `docker exec ${first.name} sh -c 'systemctl status --no-pager kubelet containerd; journalctl --no-pager -n 30 -u kubelet'     # then: npm run up`
        : 'npm run up',
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
    if (bad.length === 0) return ok('DNS64, NAT64 and the API forwarder work');
    const seen = bad
      .map(({ name, health, detail }) => `${name} is ${health}${detail === undefined ? '' : `: ${detail}`}`)
      .join('; ');
    if (bad.every(({ health }) => health === 'paused')) return warning(seen, 'npm run unpause');
    return failure(seen, `docker logs --tail 30 ${bad[0]?.name ?? ''}     # then: npm run up`);
  },
);

export const hostRules = checkOf(
  {
    id: 'host-rules',
    title: 'rules of the cluster',
    looked: "dind64's forwarding and masquerade rules on the engine host (mode true)",
  },
  ['cluster'],
  ({ cluster }) => {
    if (!cluster.exists) return ok(none);
    const missing = cluster.hostRules.filter(({ present }) => !present);
    if (missing.length > 0)
      return failure(`missing, or behind a drop: ${missing.map(({ name }) => name).join('; ')}`, 'npm run up');
    return ok(
      cluster.hostRules.length === 0
        ? 'none needed: AAAA use is off'
        : cluster.hostRules.map(({ name }) => name).join('; '),
    );
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
      : warning(cluster.remarks.join('; '), 'npm run up');
  },
);
