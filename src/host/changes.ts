import type { EngineInfo } from '../engine/types.js';
import type { HostChange, HostFacts, SharedChange } from '../plan/types.js';

type Facts = Pick<HostFacts, 'routes' | 'sysctls' | 'forwardPolicy' | 'rulesBackend'>;

/** An IPv6 path has to carry 1280 bytes (RFC 8200, 5); more than Ethernet's 1500 only helps between nodes and breaks on the way out. */
const mtuRange = { least: 1280, most: 1500 };

/** Devices of the IPv6 default routes, in any table, without repetition. */
export function listIpv6Uplinks(facts: Pick<HostFacts, 'routes'>): string[] {
  return [
    ...new Set(
      facts.routes
        .filter((route) => route.family === 6 && route.destination === 'default')
        .map((route) => route.device),
    ),
  ];
}

export function hasIpv6DefaultRoute(facts: Pick<HostFacts, 'routes'>): boolean {
  return listIpv6Uplinks(facts).length > 0;
}

/** The smallest MTU of the devices with a default route of either family, between 1280 and 1500; 1500 without any. */
export function chooseMtu(facts: Pick<HostFacts, 'links' | 'routes'>): number {
  const uplinks = new Set(facts.routes.filter((route) => route.destination === 'default').map((route) => route.device));
  const mtus = facts.links.filter((link) => uplinks.has(link.name)).map((link) => link.mtu);
  return Math.max(mtuRange.least, Math.min(mtuRange.most, ...mtus));
}

/**
 * Uplinks that would lose their default route when forwarding is turned on: the kernel drops routes learnt from router advertisements
 * then, unless accept_ra is 2. A value of 0 means that NetworkManager or networkd handle advertisements: leave it.
 */
export function planAcceptRa(facts: Pick<HostFacts, 'routes' | 'sysctls'>): string[] {
  const learnt = facts.routes.filter(
    (route) => route.family === 6 && route.destination === 'default' && route.protocol === 'ra',
  );
  return [...new Set(learnt.map((route) => route.device))].filter((device) => facts.sysctls.acceptRa[device] === 1);
}

/**
 * What the making of the first networks will change on this host, by us (accept_ra; forwarding for an engine with the nftables
 * backend, which refuses IPv6 networks without) or by the engine (forwarding, and with the iptables backend the policy of FORWARD
 * whenever it turns forwarding on).
 */
export function planHostChanges(
  facts: Facts,
  firewallBackend: EngineInfo['firewallBackend'] = 'iptables',
): SharedChange[] {
  const { sysctls, forwardPolicy } = facts;
  const backend = facts.rulesBackend === 'legacy' ? 'legacy' : 'nft';
  const ipv6Default = sysctls.ipv6DefaultForwarding ?? sysctls.ipv6Forwarding;
  const changes: SharedChange[] = planAcceptRa(facts).map((device) => ({ kind: 'accept-ra', device, value: 1 }));
  const policyOf = (family: 4 | 6, policy = 'ACCEPT'): SharedChange[] =>
    firewallBackend === 'nftables' || policy === 'DROP' ? [] : [{ kind: 'forward-policy', family, policy, backend }];
  if (!sysctls.ipv6Forwarding || !ipv6Default) {
    changes.push(
      {
        kind: 'ipv6-forwarding',
        all: sysctls.ipv6Forwarding,
        default: ipv6Default,
        interfaces: sysctls.forwardingInterfaces ?? [],
      },
      ...policyOf(6, forwardPolicy.ipv6),
    );
  }
  if (!sysctls.ipv4Forwarding)
    changes.push({ kind: 'ipv4-forwarding', value: false }, ...policyOf(4, forwardPolicy.ipv4));
  return changes;
}

/** One line for people: what the record holds. */
export function describeChange(change: HostChange): string {
  switch (change.kind) {
    case 'accept-ra':
      return `net.ipv6.conf.${change.device}.accept_ra, ${change.value} before`;
    case 'ipv6-forwarding':
      return `net.ipv6.conf.all.forwarding, ${Number(change.all)} before`;
    case 'ipv4-forwarding':
      return `net.ipv4.ip_forward, ${Number(change.value)} before`;
    case 'forward-policy':
      return `policy of ${change.family === 6 ? 'ip6tables' : 'iptables'} FORWARD, ${change.policy} before`;
    case 'rules':
      return `forwarding and masquerade rules ${change.chains.forward}, ${change.chains.postrouting}`;
  }
}
