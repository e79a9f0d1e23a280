import type { HostFacts } from '../plan/types.js';

/** Who may need the engine host's forwarding of each family, besides the engine: `bridge virbr0`. */
export interface ForwardingUsers {
  ipv4: string[];
  ipv6: string[];
}

/** Interfaces whose other side is on this machine or in a tunnel. Cards and what is made of them (VLAN, bond) lead to a network that has routers of its own. */
const kinds = new Set([
  'bridge',
  'erspan',
  'geneve',
  'gre',
  'gretap',
  'ip6erspan',
  'ip6gre',
  'ip6gretap',
  'ip6tnl',
  'ipip',
  'netkit',
  'sit',
  'tun',
  'veth',
  'vti',
  'vti6',
  'vxlan',
  'wireguard',
  'xfrm',
]);
/** As VPN clients lead everything through a tunnel, in one route or in two. */
const everything = /^(default|.*\/1)$/;
const linkLocal = /^(fe80|ff00):/;

/**
 * Interfaces behind which something may be that sends through this host, and rules of others that let it: libvirt, LXD, WireGuard, the pods of another
 * Kubernetes, an administrator's router. `enginesBridges`: of its networks, which are asked for by themselves. An interface that a default route leaves by is a way
 * out and no user; it needs the host's own addresses only.
 */
export function listForwardingUsers(
  { links, routes, routingRules = [] }: Pick<HostFacts, 'links' | 'routes' | 'routingRules'>,
  enginesBridges: readonly string[],
): ForwardingUsers {
  const ofFamily = (family: 4 | 6): string[] => {
    const leading = routes.filter((route) => route.family === family && !linkLocal.test(route.destination));
    const uplinks = new Set(
      leading.filter(({ destination }) => everything.test(destination)).map(({ device }) => device),
    );
    const routed = new Set(leading.map(({ device }) => device));
    const hasAddress = ({ addresses }: HostFacts['links'][number]): boolean =>
      addresses.some(({ address, scope }) => scope === 'global' && address.includes(':') === (family === 6));
    const interfaces = links.filter(
      (link) =>
        kinds.has(link.kind ?? '') &&
        !enginesBridges.includes(link.name) &&
        !uplinks.has(link.name) &&
        (hasAddress(link) || routed.has(link.name)),
    );
    const rules = routingRules.filter(
      ({ table, rule }) =>
        (table.startsWith('inet ') || table.startsWith(family === 6 ? 'ip6 ' : 'ip ')) &&
        !enginesBridges.some((bridge) => rule.split(/[\s"]+/).includes(bridge)),
    );
    return [
      ...interfaces.map(({ kind = '', name }) => `${kind} ${name}`),
      ...rules.map(({ table, chain, rule }) => `the rule ${rule} in table ${table}, chain ${chain}`),
    ];
  };
  return { ipv4: ofFamily(4), ipv6: ofFamily(6) };
}
