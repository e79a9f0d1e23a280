import { DindError } from '../errors.js';
import type { ClusterPlan } from '../plan/types.js';

type CapturePlan = Pick<
  ClusterPlan,
  'clusterName' | 'nodes' | 'nat64' | 'dns64' | 'mode' | 'nodeNetwork' | 'egressNetwork'
>;

/** Where packets are caught: whose network namespace, which interfaces, and what each of them is. */
export interface CapturePlace {
  name: string;
  /** Absent: the engine host. */
  container?: string;
  interfaces: string[];
  /** What Wireshark shows beside an interface's name. `addresses`: its own. */
  describe: (interfaceName: string, addresses: readonly string[]) => string;
  comment: string;
}

/** A place by the word that a user gives: `nat64`, `dns64`, `host`, or a node with or without the cluster's name. Throws DindError `unknown-place`. `uplinks`: the engine host's. */
export function planCapturePlace(plan: CapturePlan, word: string, uplinks: readonly string[]): CapturePlace {
  const { clusterName, nat64, dns64, nodeNetwork, egressNetwork } = plan;
  const node = plan.nodes.find(({ name }) => name === word || name === `${clusterName}-${word}`);
  const addressed = (text: string, addresses: readonly string[]): string =>
    addresses.length === 0 ? text : `${text}: ${addresses.join(', ')}`;
  if (node !== undefined) {
    return {
      name: node.name,
      container: node.name,
      interfaces: ['*'],
      describe: (name, addresses) =>
        addressed(
          name === 'eth0' ? 'the node network, after the node has masqueraded its pods' : 'a pod of the node, before',
          addresses,
        ),
      comment: `${node.name} ${node.address}, pods ${node.podCidr}`,
    };
  }
  switch (word) {
    case 'nat64':
      return {
        name: nat64.name,
        container: nat64.name,
        interfaces: ['eth*', 'nat64'],
        describe: (name, addresses) =>
          addressed(
            name === 'nat64'
              ? 'the translator: IPv6 in, IPv4 of its pool out'
              : addresses.some((address) => address.startsWith(`${nat64.address}/`))
                ? 'the IPv6 side: the node network'
                : 'the IPv4 side: the egress network, after masquerade',
            addresses,
          ),
        comment: `NAT64 ${nat64.name}: the last four bytes of an IPv6 address in ${nat64.prefix} are the IPv4 address (RFC 6052); ports stay the same, so \`tcp.port == N\` or \`udp.port == N\` shows a connection on both sides`,
      };
    case 'dns64':
      return {
        name: dns64.name,
        container: dns64.name,
        interfaces: ['eth*'],
        describe: (_, addresses) =>
          addressed(
            addresses.some((address) => address.startsWith(`${dns64.address}/`))
              ? 'asked by the cluster'
              : 'asks the upstream resolvers',
            addresses,
          ),
        comment: `DNS64 ${dns64.name} ${dns64.address}`,
      };
    case 'host':
      return {
        name: 'the engine host',
        interfaces: [...uplinks, nodeNetwork.bridge, egressNetwork.bridge],
        describe: (name, addresses) =>
          addressed(
            name === nodeNetwork.bridge
              ? "the node network's bridge: before the host's translation"
              : name === egressNetwork.bridge
                ? "the egress network's bridge: from NAT64, before the host's translation"
                : 'an uplink: after it',
            addresses,
          ),
        comment: `engine host of ${clusterName}; AAAA use is ${plan.mode.aaaa ? 'on' : 'off'}`,
      };
    default: {
      const places = ['nat64', 'dns64', 'host', ...plan.nodes.map(({ name }) => name.replace(`${clusterName}-`, ''))];
      throw new DindError({
        code: 'unknown-place',
        source: 'user',
        doing: 'capturing packets',
        observed: `there is no place \`${word}\``,
        hint: `one of ${places.join(', ')}`,
        exitCode: 2,
      });
    }
  }
}
