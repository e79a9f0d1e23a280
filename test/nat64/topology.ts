import { runOrThrow } from '../lab/command.js';
import { addresses, macs } from './addresses.js';
import type { ClusterPlan } from '../../src/plan/types.js';

/**
 * Four network namespaces in a row:
 *
 *     client --- nat --- router === server
 *     fd00:20::3  eth0/eth1          two links, MTU 1500 and 1400
 *
 * With raw ends the client's and the router's kernels are deaf, so that nothing but what a test sends is on the wire.
 */
export type StageSpace = 'client' | 'nat' | 'router' | 'server';

export interface TopologyOptions {
  prefix: string;
  plan: ClusterPlan;
  ends: 'raw' | 'hosts';
  mtu?: number;
}

const stageSpaces: readonly StageSpace[] = ['client', 'nat', 'router', 'server'];

export function spaceName(prefix: string, space: StageSpace): string {
  return `${prefix}-${space}`;
}

/** Makes the namespaces, links, addresses and routes. */
export async function createTopology(options: TopologyOptions): Promise<void> {
  const { prefix } = options;
  const name = (space: StageSpace): string => spaceName(prefix, space);
  await runOrThrow("making the stage's network namespaces", ['ip', '-batch', '-'], {
    stdin: lines([
      ...stageSpaces.map((space) => `netns add ${name(space)}`),
      `link add eth0 address ${macs.client} netns ${name('client')} type veth peer name eth0 address ${macs.node} netns ${name('nat')}`,
      `link add eth1 address ${macs.egress} netns ${name('nat')} type veth peer name eth0 address ${macs.router} netns ${name('router')}`,
      `link add wide netns ${name('router')} type veth peer name wide netns ${name('server')}`,
      `link add narrow mtu 1400 netns ${name('router')} type veth peer name narrow mtu 1400 netns ${name('server')}`,
    ]),
  });
  const inside = planInside(options);
  await Promise.all(
    stageSpaces.map(async (space) => {
      const { sysctls, ip, ip6 = [] } = inside[space];
      const script = `set -e\n${Object.entries(sysctls)
        .map(([key, value]) => `echo ${value} >/proc/sys/${key.replaceAll('.', '/')}`)
        .join('\n')}\nip -batch -`;
      const namespace = `--net=/run/netns/${name(space)}`;
      await runOrThrow(`setting up ${name(space)}`, ['nsenter', namespace, 'sh', '-c', script], { stdin: lines(ip) });
      await runOrThrow(`setting up ${name(space)}`, ['nsenter', namespace, 'ip', '-6', '-batch', '-'], {
        stdin: lines(ip6),
      });
    }),
  );
}

export async function removeTopology(prefix: string): Promise<void> {
  await runOrThrow("removing the stage's network namespaces", [
    'sh',
    '-c',
    stageSpaces.map((space) => `ip netns delete ${spaceName(prefix, space)} 2>/dev/null || true`).join('\n'),
  ]);
}

function planInside({
  plan,
  ends,
  mtu = 1500,
}: TopologyOptions): Record<StageSpace, { sysctls: Record<string, string>; ip: string[]; ip6?: string[] }> {
  const deaf = { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' };
  const { client, translator, router, server, narrow } = addresses;
  const nat = plan.nat64.address;
  const raw = ends === 'raw';
  return {
    client: raw
      ? { sysctls: deaf, ip: ['link set eth0 up'] }
      : {
          sysctls: quick,
          ip: [
            'link set lo up',
            `link set eth0 mtu ${mtu} up`,
            `addr add ${client}/64 dev eth0 nodad`,
            `route add ${plan.nat64.prefix} via ${nat}`,
            `route add ::/0 via ${nat}`,
          ],
        },
    nat: {
      // As the NAT64 container's (plan/containers/nat64.ts).
      sysctls: { ...quick, ...forwarding },
      ip: [
        'link set lo up',
        `link set eth0 mtu ${mtu} up`,
        'link set eth1 up',
        `addr add ${nat}/64 dev eth0 nodad`,
        `addr add ${translator.ipv4}/24 dev eth1`,
        `addr add ${translator.ipv6}/64 dev eth1 nodad`,
        `neigh add ${client} lladdr ${macs.client} dev eth0 nud permanent`,
        `neigh add ${router.ipv4} lladdr ${macs.router} dev eth1 nud permanent`,
        `neigh add ${router.ipv6} lladdr ${macs.router} dev eth1 nud permanent`,
        `route add default via ${router.ipv4}`,
        `route add ::/0 via ${router.ipv6}`,
      ],
    },
    router: raw
      ? { sysctls: deaf, ip: ['link set eth0 up'] }
      : {
          sysctls: { ...quick, ...forwarding, 'net.ipv4.icmp_ratelimit': '0' },
          ip: [
            'link set lo up',
            ...['eth0', 'wide', 'narrow'].map((device) => `link set ${device} up`),
            `addr add ${router.ipv4}/24 dev eth0`,
            `addr add ${router.ipv6}/64 dev eth0 nodad`,
            ...links.flatMap(({ device, near, far, site }) => [
              `addr add ${near.ipv4}/31 dev ${device}`,
              `addr add ${near.ipv6}/64 dev ${device} nodad`,
              `route add ${site.ipv4} via ${far.ipv4}`,
              `route add ${site.ipv6} via ${far.ipv6}`,
            ]),
          ],
        },
    server: raw
      ? { sysctls: deaf, ip: [] }
      : {
          sysctls: quick,
          ip: [
            'link set lo up',
            ...[server, narrow].flatMap((site) => [
              `addr add ${site.ipv4}/32 dev lo`,
              `addr add ${site.ipv6}/128 dev lo nodad`,
            ]),
            ...links.flatMap(({ device, far }) => [
              `addr add ${far.ipv4}/31 dev ${device}`,
              `addr add ${far.ipv6}/64 dev ${device} nodad`,
              `link set ${device} up`,
            ]),
            // What came over the narrow link goes back over it.
            ...links.flatMap(({ near, site, table }) => [
              `route add default via ${near.ipv4} table ${table}`,
              `route add ::/0 via ${near.ipv6} table ${table}`,
              `rule add from ${site.ipv4} lookup ${table}`,
            ]),
            `route add default via ${links[0].near.ipv4}`,
            `route add ::/0 via ${links[0].near.ipv6}`,
          ],
          // A rule's family is not told by its address.
          ip6: links.map(({ site, table }) => `rule add from ${site.ipv6} lookup ${table}`),
        },
  };
}

const links = [
  {
    device: 'wide',
    table: 100,
    site: addresses.server,
    near: { ipv4: '203.0.113.0', ipv6: '2001:db8:3::1' },
    far: { ipv4: '203.0.113.1', ipv6: '2001:db8:3::2' },
  },
  {
    device: 'narrow',
    table: 101,
    site: addresses.narrow,
    near: { ipv4: '203.0.113.2', ipv6: '2001:db8:4::1' },
    far: { ipv4: '203.0.113.3', ipv6: '2001:db8:4::2' },
  },
] as const;

const quick = {
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.default.dad_transmits': '0',
  'net.ipv6.conf.default.accept_ra': '0',
  'net.ipv6.conf.default.router_solicitations': '0',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
};
const forwarding = { 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1', 'net.ipv6.icmp.ratelimit': '0' };

function lines(list: readonly string[]): string {
  return `${list.join('\n')}\n`;
}
