import { expect, test } from 'vitest';
import { listForwardingUsers } from '../../../src/host/forwarding-users.js';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { parseAddress } from '../../../src/net/address.js';
import type { HostFacts } from '../../../src/plan/types.js';

const link = (name: string, kind: string | undefined, ...addresses: string[]): HostFacts['links'][number] => ({
  name,
  kind,
  mtu: 1500,
  up: true,
  addresses: addresses.map((text) => ({
    address: parseAddress(text),
    length: 64,
    scope: text.startsWith('fe80') ? 'link' : 'global',
  })),
});
const route = (family: 4 | 6, destination: string, device: string): HostFacts['routes'][number] => ({
  family,
  destination,
  device,
  protocol: 'static',
  metric: 0,
  table: 'main',
});
const list = (
  links: HostFacts['links'],
  changes: Partial<Pick<HostFacts, 'routes' | 'routingRules'>> = {},
): ReturnType<typeof listForwardingUsers> =>
  listForwardingUsers({ links, routes: changes.routes ?? [], routingRules: changes.routingRules ?? [] }, [
    'docker0',
    'br-one',
  ]);

test.each([
  ['libvirt', link('virbr0', 'bridge', '192.168.122.1'), ['bridge virbr0'], []],
  ['LXD', link('lxdbr0', 'bridge', '10.0.0.1', 'fd42::1'), ['bridge lxdbr0'], ['bridge lxdbr0']],
  ['a WireGuard server', link('wg0', 'wireguard', 'fd00:6::1'), [], ['wireguard wg0']],
  ['flannel', link('flannel.1', 'vxlan', '10.42.0.0'), ['vxlan flannel.1'], []],
  ["the engine's own", link('docker0', 'bridge', '172.17.0.1'), [], []],
  ['a bridge of frames only', link('br0', 'bridge', 'fe80::1'), [], []],
  ['a card', link('eth1', undefined, '192.0.2.1', '2001:db8::1'), [], []],
  ['a VLAN of a card', link('eth1.7', 'vlan', '192.0.2.1', '2001:db8::1'), [], []],
])('%s', (_, one, ipv4, ipv6) => {
  expect(list([one])).toEqual({ ipv4, ipv6 });
});

test('a pod of another Kubernetes, by its route alone', () => {
  const links = [link('cali1', 'veth', 'fe80::1')];
  expect(list(links, { routes: [route(4, '10.1.2.3', 'cali1'), route(6, 'fe80::/64', 'cali1')] })).toEqual({
    ipv4: ['veth cali1'],
    ipv6: [],
  });
});

test('a VPN that takes everything is a way out and no user', () => {
  const links = [link('tun0', 'tun', '10.8.0.2', 'fd00:8::2')];
  const halves = [route(4, '0.0.0.0/1', 'tun0'), route(4, '128.0.0.0/1', 'tun0')];
  expect(list(links, { routes: [...halves, route(6, 'default', 'tun0')] })).toEqual({ ipv4: [], ipv6: [] });
});

test('rules by the family of their table; what names a network of the engine is its own', () => {
  const rule = (table: string, text: string): NonNullable<HostFacts['routingRules']>[number] => ({
    table,
    chain: 'FORWARD',
    rule: text,
  });
  const routingRules = [
    rule('ip filter', 'iifname "lan0" accept'),
    rule('inet router', 'iifname "lan1" accept'),
    rule('ip6 filter (iptables-legacy)', '-i lan2 -j ACCEPT'),
    rule('ip nat', 'ip saddr 172.18.0.0/16 oifname != "br-one" masquerade'),
  ];
  expect(list([], { routingRules })).toEqual({
    ipv4: [
      'the rule iifname "lan0" accept in table ip filter, chain FORWARD',
      'the rule iifname "lan1" accept in table inet router, chain FORWARD',
    ],
    ipv6: [
      'the rule iifname "lan1" accept in table inet router, chain FORWARD',
      'the rule -i lan2 -j ACCEPT in table ip6 filter (iptables-legacy), chain FORWARD',
    ],
  });
});

test('kinds come with `ip -d`', () => {
  const links = [
    { ifname: 'virbr0', flags: ['UP'], mtu: 1500, linkinfo: { info_kind: 'bridge' }, addr_info: [] },
    { ifname: 'eth0', flags: ['UP'], mtu: 1500, addr_info: [] },
  ];
  expect(parseHostFacts(`\n@@ links\n${JSON.stringify(links)}\n`).links.map(({ kind }) => kind)).toEqual([
    'bridge',
    undefined,
  ]);
});
