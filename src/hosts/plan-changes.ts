import { planAcceptRa } from '../host/changes.js';
import { cidrLength, nthAddress } from '../net/cidr.js';
import type { HostReading } from './checks/check.js';
import type { ConfiguredHost, HostsConfig } from './config.js';
import { planFiles } from './plan-files.js';
import { planHostRoutes, supportBridge } from './plan-routes.js';

/** In this order; accept_ra before the forwarding, at which the kernel forgets the default route, and the files before what reads them. */
const order = [
  'address',
  'accept-ra',
  'ipv6-forwarding',
  'ipv4-forwarding',
  'bridge',
  'route',
  'file',
  'packet-rules',
] as const;

/** One change on a host, as shell/hosts-provision.bash makes it. They are made in the order of their names, and taken back from the end. */
export interface ProvisionedChange {
  name: string;
  item: Item;
}

/** What is changed, and the arguments of that. */
type Item = [(typeof order)[number], ...string[]];

const rulesFile = '/etc/dind64/hosts.nft';
/** Files that are there from before Kubernetes on, and hold no secret. */
const early = [rulesFile, '/etc/dind64/resolv.conf', '/etc/cni/net.d/10-dind64.conflist'];

/** What has to be changed on a host before there is a container or a node on it. Pure; what is so already, the host itself sees. */
export function planChanges(
  config: HostsConfig,
  host: ConfiguredHost,
  network: Pick<HostReading['network'], 'routes' | 'sysctls'>,
): ProvisionedChange[] {
  const { addressing } = config;
  const isHelper = host.roles.includes('nat64');
  const support = [addressing.supportCidr, addressing.supportV4Cidr] as const;
  const tables = [...(host.podCidr === undefined ? [] : ['ip6']), ...(isHelper ? ['ip'] : [])];
  const address: Item = ['address', host.interface, `${host.address}/${cidrLength(addressing.nodeCidr)}`];
  const bridge: Item = [
    'bridge',
    supportBridge,
    ...support.map((cidr) => `${nthAddress(cidr, 1)}/${cidrLength(cidr)}`),
  ];
  const rules: Item = ['packet-rules', rulesFile, ...tables.flatMap((family) => [family, 'dind64_hosts'])];
  const items: Item[] = [
    address,
    ...planAcceptRa(network).map((device): Item => ['accept-ra', device]),
    ['ipv6-forwarding'],
    ...(isHelper ? [['ipv4-forwarding'] satisfies Item, bridge] : []),
    ...planHostRoutes(config, host).map(({ destination, via, device }): Item =>
      via === undefined || device === undefined
        ? ['route', destination, 'unreachable']
        : ['route', destination, via, device],
    ),
    ...planFiles(config, host)
      .filter(({ path }) => early.includes(path))
      .map(({ path, content }): Item => ['file', path, Buffer.from(content).toString('base64')]),
    ...(tables.length === 0 ? [] : [rules]),
  ];
  return items.map((item) => ({ name: nameChange(item), item }));
}

/** A name by what is changed alone, and not by what else is planned: a change that is planned again finds its record. */
function nameChange([kind, subject]: Item): string {
  return [`${order.indexOf(kind) + 1}0`, kind, ...(subject === undefined ? [] : [subject.replaceAll('/', '_')])].join(
    '-',
  );
}
