import { badPlaces, narrowLinks, secondUplink, servers, sites, uplink } from './sites.js';
import type { LabNamespace, LabProfile } from './types.js';

export interface NetworkOptions {
  profile: LabProfile;
  ipv6Setup: 'static' | 'router-advertisement';
  uplinkMtu: number;
  engineHost: 'namespace' | 'tap';
  secondUplink?: boolean;
}

/** The lab's networks as data: lines for `ip -batch` run outside, then per namespace sysctls and lines for `ip -batch` run inside. */
export interface NetworkPlan {
  outside: string[];
  inside: Record<LabNamespace, { sysctls: Record<string, string>; ip: string[] }>;
}

/** Plans namespaces, links, addresses and routes of one lab. `names` are those of `ip netns`. */
export function planNetwork(names: Record<LabNamespace, string>, options: NetworkOptions): NetworkPlan {
  // A machine behind the tap has the host's MAC address itself.
  const mac = options.engineHost === 'tap' ? '' : `address ${uplink.host.mac} `;
  return {
    outside: [
      ...Object.values(names).map((name) => `netns add ${name}`),
      `link add eth0 mtu ${options.uplinkMtu} ${mac}netns ${names.host} type veth peer name uplink mtu ${options.uplinkMtu} address ${uplink.router.mac} netns ${names.internet}`,
      ...(options.secondUplink === true
        ? [
            `link add eth1 mtu ${options.uplinkMtu} netns ${names.host} type veth peer name uplink2 mtu ${options.uplinkMtu} netns ${names.internet}`,
          ]
        : []),
      ...narrowLinks.map(
        ({ namespace, device, mtu }) =>
          `link add ${device} mtu ${mtu} netns ${names.internet} type veth peer name wan mtu ${mtu} netns ${names[namespace]}`,
      ),
    ],
    inside: {
      host: options.engineHost === 'tap' ? planTap(options) : planHost(options),
      internet: planInternet(options),
      mtu1280: planNarrow('mtu1280'),
      mtu1400: planNarrow('mtu1400'),
    },
  };
}

function planHost({ profile, ipv6Setup, secondUplink: hasSecond }: NetworkOptions): NetworkPlan['inside']['host'] {
  const byHand = profile !== 'v4only' && ipv6Setup === 'static';
  return {
    // What a fresh machine has: it routes nothing, and its addresses are usable at once.
    sysctls: {
      'net.ipv4.ip_forward': '0',
      'net.ipv6.conf.all.forwarding': '0',
      'net.ipv6.conf.eth0.dad_transmits': '0',
      'net.ipv6.conf.eth0.router_solicitation_interval': '1',
    },
    ip: [
      'link set lo up',
      'link set eth0 up',
      ...(profile === 'v6only'
        ? []
        : [
            `addr add ${uplink.host.ipv4}/${uplink.ipv4Length} brd + dev eth0`,
            `route add default via ${uplink.router.ipv4} dev eth0`,
          ]),
      ...(byHand
        ? [`addr add ${uplink.host.ipv6}/64 dev eth0 nodad`, `route add ::/0 via ${uplink.router.ipv6} dev eth0`]
        : []),
      ...(hasSecond === true ? ['link set eth1 up', ...addressLines(profile, secondUplink, 'host', 'eth1')] : []),
    ],
  };
}

/** A switch without addresses between the uplink and tap0. */
function planTap({ uplinkMtu }: NetworkOptions): NetworkPlan['inside']['host'] {
  return {
    sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' },
    ip: [
      'tuntap add tap0 mode tap',
      `link set tap0 mtu ${uplinkMtu}`,
      'link add switch type bridge',
      'link set eth0 master switch',
      'link set tap0 master switch',
      ...['lo', 'switch', 'eth0', 'tap0'].map((device) => `link set ${device} up`),
    ],
  };
}

function planInternet({ profile, secondUplink: hasSecond }: NetworkOptions): NetworkPlan['inside']['internet'] {
  const places = [
    ...Object.values(sites).filter(({ namespace }) => namespace === 'internet'),
    ...Object.values(servers),
  ];
  return {
    sysctls: {
      ...router,
      'net.ipv6.conf.uplink.dad_transmits': '0',
      // So that pulling the plug and putting it back is all that happens.
      'net.ipv6.conf.uplink.keep_addr_on_down': '1',
      // A link without IPv6 has nobody who speaks it, not even by link-local addresses.
      'net.ipv6.conf.uplink.disable_ipv6': profile === 'v4only' ? '1' : '0',
    },
    ip: [
      'link set lo up',
      ...places.flatMap(({ ipv4, ipv6 }: { ipv4?: string; ipv6?: string }) => [
        ...(ipv4 === undefined ? [] : [`addr add ${ipv4}/32 dev lo`]),
        ...(ipv6 === undefined ? [] : [`addr add ${ipv6}/128 dev lo nodad`]),
      ]),
      ...(profile === 'v6only' ? [] : [`addr add ${uplink.router.ipv4}/${uplink.ipv4Length} dev uplink`]),
      ...(profile === 'v4only'
        ? []
        : [
            `addr add ${uplink.router.ipv6}/64 dev uplink nodad`,
            `addr add ${uplink.router.linkLocal}/64 dev uplink nodad`,
          ]),
      'link set uplink up',
      ...(hasSecond === true
        ? ['link set uplink2 up', ...addressLines(profile, secondUplink, 'router', 'uplink2')]
        : []),
      ...narrowLinks.flatMap(({ namespace, device, ipv4, ipv6 }) => [
        `addr add ${ipv4.near}/31 dev ${device}`,
        `addr add ${ipv6.near}/64 dev ${device} nodad`,
        `link set ${device} up`,
        ...sitesBehind(namespace).flatMap((site) => [
          `route add ${site.ipv4}/32 via ${ipv4.far}`,
          `route add ${site.ipv6}/128 via ${ipv6.far}`,
        ]),
      ]),
      ...Object.values(badPlaces).flatMap(({ ipv4, ipv6, route }) => [
        `route add ${route} ${ipv4}/32`,
        `route add ${route} ${ipv6}/128`,
      ]),
    ],
  };
}

function addressLines(
  profile: LabProfile,
  link: typeof secondUplink,
  end: 'host' | 'router',
  device: string,
): string[] {
  return [
    ...(profile === 'v6only' ? [] : [`addr add ${link[end].ipv4}/${link.ipv4Length} brd + dev ${device}`]),
    ...(profile === 'v4only' ? [] : [`addr add ${link[end].ipv6}/64 dev ${device} nodad`]),
  ];
}

function planNarrow(namespace: 'mtu1280' | 'mtu1400'): NetworkPlan['inside']['mtu1280'] {
  const link = narrowLinks.find((candidate) => candidate.namespace === namespace);
  if (link === undefined) throw new Error(`no link to ${namespace}`);
  return {
    sysctls: { 'net.ipv6.conf.wan.dad_transmits': '0', 'net.ipv6.icmp.ratelimit': '0' },
    ip: [
      'link set lo up',
      ...sitesBehind(namespace).flatMap((site) => [
        `addr add ${site.ipv4}/32 dev lo`,
        `addr add ${site.ipv6}/128 dev lo nodad`,
      ]),
      `addr add ${link.ipv4.far}/31 dev wan`,
      `addr add ${link.ipv6.far}/64 dev wan nodad`,
      'link set wan up',
      `route add default via ${link.ipv4.near}`,
      `route add ::/0 via ${link.ipv6.near}`,
    ],
  };
}

function sitesBehind(namespace: string): { ipv4?: string; ipv6?: string }[] {
  return Object.values(sites).filter((site) => site.namespace === namespace);
}

// A router answers every refused packet: parallel probes must all see the error.
const router = {
  'net.ipv4.ip_forward': '1',
  'net.ipv6.conf.all.forwarding': '1',
  'net.ipv6.conf.default.dad_transmits': '0',
  'net.ipv4.icmp_ratelimit': '0',
  'net.ipv6.icmp.ratelimit': '0',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
};
