import { parseAddress } from '../net/address.js';
import { parseLegacyChains } from './ahead-of-engine.js';
import { parseFirewall } from './parse-firewall.js';
import { parseNft } from './parse-nft.js';
import { listReversePathDrops } from './reverse-path.js';
import { listRoutingRules } from './routing-rules.js';
import { splitSections } from './sections.js';
import type { HostFacts } from '../plan/types.js';

interface LinkJson {
  ifname: string;
  mtu: number;
  flags: string[];
  linkinfo?: { info_kind?: string };
  addr_info: { local?: string; prefixlen: number; scope: string }[];
}
interface RouteJson {
  type?: string;
  dst: string;
  gateway?: string;
  via?: { host: string };
  dev?: string;
  table?: string;
  protocol?: string;
  metric?: number;
  flags?: string[];
  nexthops?: { gateway?: string; dev: string }[];
}

/** Bits in capability sets (linux/capability.h). */
const capSysResourceBit = 24n;
const capPerfmonBit = 38n;
const capBpfBit = 39n;

/**
 * Facts out of the output of shell/host-facts.bash. `asked` are TCP ports that the caller would like to use, `spare` ones that
 * it could use as well; both are looked up in the listening sockets of any address, since one on `::` or `0.0.0.0` takes loopback too.
 * A section that is missing or empty gives the most ordinary answer, never an error: a host without nft is still a host.
 */
export function parseHostFacts(text: string, asked: readonly number[] = [], spare: readonly number[] = []): HostFacts {
  const sections = splitSections(text);
  const section = (name: string): string => sections.get(name) ?? '';
  const links = parseJson<LinkJson>(section('links')).map(toLink);
  const sysctls = parseSysctls(section('sysctls'));
  const listening = new Set(
    [...section('listening').matchAll(/^\S+\s+\d+\s+\d+\s+\S+:(\d+)\s/gm)].map((match) => Number(match[1])),
  );
  const bounding = /CapBnd:\s*([0-9a-f]+)/.exec(section('capabilities'))?.[1];
  const mayGive = (bit: bigint): boolean => bounding === undefined || ((BigInt(`0x${bounding}`) >> bit) & 1n) === 1n;
  const firewall = parseFirewall(
    { nft: section('nft'), nftText: section('nft-text'), legacy4: section('legacy4'), legacy6: section('legacy6') },
    links.map((link) => link.name),
  );
  const nftChains = parseNft(section('nft'), section('nft-text')).chains;
  const legacyChains = [4, 6].flatMap((family) =>
    ['filter', 'nat'].flatMap((table) =>
      parseLegacyChains(
        `${family === 4 ? 'ip' : 'ip6'} ${table} (iptables-legacy)`,
        section(table === 'nat' ? `legacy${family}-nat` : `legacy${family}`),
      ),
    ),
  );
  return {
    links,
    routes: [...parseRoutes(section('routes4'), 4), ...parseRoutes(section('routes6'), 6)],
    sysctls: sysctls.network,
    ...firewall,
    routingRules: listRoutingRules([...nftChains, ...legacyChains]),
    reversePathDrops: sysctls.filtersBridges ? listReversePathDrops(nftChains) : [],
    mounts: section('mounts')
      .split('\n')
      .flatMap((line) => {
        const [point, type] = line.split(' ');
        return point === undefined || type === undefined ? [] : [{ point, type }];
      }),
    ipv6Loopback: links.some((link) => link.addresses.some(({ address }) => address === '::1')),
    freePorts: [...asked, ...spare].filter((port) => !listening.has(port)),
    takenPorts: asked.filter((port) => listening.has(port)),
    capSysResource: mayGive(capSysResourceBit),
    bpf: section('filesystems') === 'bpf' && mayGive(capBpfBit) && mayGive(capPerfmonBit),
    resolvers: section('resolvers')
      .split('\n')
      .filter((line) => line !== ''),
    inotify: sysctls.inotify,
  };
}

/** The type of the file system that a path of the engine's lies in; containerd's image store does not tell it. */
export function findFileSystem({ mounts = [] }: Pick<HostFacts, 'mounts'>, path: string): string | undefined {
  const holding = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  const longest = Math.max(...holding.map(({ point }) => point.length));
  // The last one of several hides the others.
  return holding.filter(({ point }) => point.length === longest).at(-1)?.type;
}

function parseJson<T>(text: string): T[] {
  return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
}

function toLink(link: LinkJson): HostFacts['links'][number] {
  return {
    name: link.ifname,
    kind: link.linkinfo?.info_kind,
    mtu: link.mtu,
    up: link.flags.includes('UP'),
    addresses: link.addr_info.flatMap(({ local, prefixlen, scope }) =>
      local === undefined ? [] : [{ address: parseAddress(local), length: prefixlen, scope }],
    ),
  };
}

/** Routes that lead somewhere: neither the kernel's local table nor unreachable and blackhole ones. One entry for each next hop. */
function parseRoutes(text: string, family: 4 | 6): HostFacts['routes'] {
  return parseJson<RouteJson>(text)
    .filter(
      (route) =>
        route.table !== 'local' && (route.type ?? 'unicast') === 'unicast' && route.flags?.includes('dead') !== true,
    )
    .flatMap((route) =>
      (route.nexthops ?? [{ gateway: route.gateway ?? route.via?.host, dev: route.dev }]).flatMap(({ gateway, dev }) =>
        dev === undefined
          ? []
          : [
              {
                family,
                destination: route.dst,
                device: dev,
                gateway,
                protocol: route.protocol ?? 'boot',
                metric: route.metric ?? 0,
                table: route.table ?? 'main',
              },
            ],
      ),
    );
}

function parseSysctls(text: string): {
  network: HostFacts['sysctls'];
  filtersBridges: boolean;
  inotify: HostFacts['inotify'];
} {
  const rows = text.split('\n').map((line) => line.split(' '));
  const single = (key: string): number | undefined => asNumber(rows.find((row) => row[0] === key)?.[1]);
  const perInterface = new Map(
    ['accept-ra', 'forwarding'].map((key) => [
      key,
      rows.filter((row) => row[0] === key).map((row): [string, number] => [row[1] ?? '', Number(row[2])]),
    ]),
  );
  const forwarding = new Map(perInterface.get('forwarding'));
  const isInterface = (name: string): boolean => name !== 'all' && name !== 'default';
  return {
    network: {
      ipv4Forwarding: single('ipv4-forwarding') === 1,
      ipv6Forwarding: forwarding.get('all') === 1,
      ipv6DefaultForwarding: forwarding.get('default') === 1,
      forwardingInterfaces: [...forwarding]
        .filter(([name, value]) => isInterface(name) && value === 1)
        .map(([name]) => name),
      acceptRa: Object.fromEntries((perInterface.get('accept-ra') ?? []).filter(([name]) => isInterface(name))),
      // Without the file the kernel has no IPv6 at all.
      ipv6Disabled: single('ipv6-disabled') !== 0,
    },
    filtersBridges: single('bridge-filter') === 1,
    inotify: { maxUserWatches: single('inotify-watches') ?? 0, maxUserInstances: single('inotify-instances') ?? 0 },
  };
}

function asNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
