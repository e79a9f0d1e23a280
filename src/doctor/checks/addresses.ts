import { chooseMtu } from '../../host/changes.js';
import { findCidrConflicts, listTakenCidrs, nameCidrs } from '../../host/conflicts.js';
import { chooseCidrs } from '../../plan/addressing.js';
import { nameCluster } from '../../plan/names.js';
import type { HostFacts } from '../../plan/types.js';
import { checkOf, failure, known, ok, warning } from '../check.js';
import { howTo } from '../../how-to.js';

export const cidrs = checkOf(
  {
    id: 'cidrs',
    title: 'addresses',
    looked: "the cluster's CIDRs against routes, interfaces, VPNs and the engine's networks",
  },
  ['host'],
  ({ host }, { settings, engine }) => {
    const networks = known(engine)?.networks ?? [];
    const names = nameCluster(settings.clusterName);
    const recorded = networks.some(({ name }) => name === names.nodeNetwork) ? known(engine)?.record : undefined;
    const addressing =
      recorded === undefined
        ? { ...chooseCidrs(settings, listTakenCidrs(host, networks)), nat64Prefix: settings.nat64Prefix }
        : recorded.addressing;
    const named = nameCidrs(addressing);
    const conflicts = findCidrConflicts({
      cidrs: named,
      facts: host,
      networks,
      ownNetworks: [names.nodeNetwork, names.egressNetwork],
    });
    const taken = conflicts.filter(({ severity }) => severity === 'taken');
    const [first] = taken;
    if (first !== undefined)
      return failure(
        taken.map(({ text }) => text).join('; '),
        `${howTo('up', `${first.name}=fd00:64:1::/64`)}     # or another DIND_CLUSTER_NAME, whose CIDRs are derived from it`,
      );
    if (conflicts.length > 0)
      return warning(
        `${conflicts.map(({ text }) => text).join('; ')}: those of its addresses that lie in the cluster's are out of reach`,
        'choose others in .env: DIND_NODE_CIDR, DIND_POD_CIDR, DIND_SERVICE_CIDR',
      );
    return ok(`free: ${named.map(({ cidr }) => cidr).join(', ')}`);
  },
);

export const apiPort = checkOf(
  { id: 'api-port', title: 'port of the API', looked: 'sockets that listen on the engine host' },
  ['host'],
  ({ host }, { settings, engine }) => {
    const exists = known(engine)?.networks.some(({ name }) => name === nameCluster(settings.clusterName).nodeNetwork);
    const [taken] = host.takenPorts;
    if (taken !== undefined && exists !== true)
      return failure(
        `DIND_API_PORT=${taken} is taken on the engine host`,
        `ss -ltnp 'sport = :${taken}'     # who has it; or leave DIND_API_PORT out: a free one is chosen`,
      );
    return ok(
      settings.apiPort === undefined
        ? 'a free one will be chosen, or the cluster has one'
        : `DIND_API_PORT=${settings.apiPort}`,
    );
  },
);

export const mtu = checkOf(
  { id: 'mtu', title: 'MTU', looked: 'the MTU of interfaces with a default route' },
  ['host'],
  ({ host }) => {
    const uplinks = listUplinks(host);
    const tooSmall = uplinks.filter((link) => link.mtu < 1280);
    if (tooSmall.length > 0) {
      return warning(
        `${tooSmall.map(describeLink).join(', ')}: IPv6 needs 1280 (RFC 8200, 5), so Linux has no IPv6 there, and large transfers may hang`,
        tooSmall.map(({ name }) => `sudo ip link set ${name} mtu 1280`).join(' && '),
      );
    }
    return ok(
      uplinks.length === 0
        ? 'no uplink'
        : `${uplinks.map(describeLink).join(', ')}${uplinks.some((link) => link.mtu < 1500) ? `: the cluster's networks are made for ${chooseMtu(host)}` : ''}`,
    );
  },
);

function listUplinks({ links, routes }: HostFacts): HostFacts['links'] {
  const uplinks = new Set(routes.filter(({ destination }) => destination === 'default').map(({ device }) => device));
  return links.filter(({ name }) => uplinks.has(name));
}

function describeLink({ name, mtu: bytes }: { name: string; mtu: number }): string {
  return `${name}${/^(tun|tap|wg|ppp|utun|tailscale|zt|nordlynx|proton)/.test(name) ? ' (a VPN)' : ''} carries ${bytes} bytes`;
}
