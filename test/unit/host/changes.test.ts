import { describe, expect, test } from 'vitest';
import { chooseMtu, listIpv6Uplinks, planAcceptRa, planHostChanges } from '../../../src/host/changes.js';
import type { HostFacts } from '../../../src/plan/types.js';

type Route = HostFacts['routes'][number];

const defaultVia = (device: string, protocol: string, family: 4 | 6 = 6, table = 'main'): Route => ({
  family,
  destination: 'default',
  device,
  protocol,
  metric: 1024,
  table,
});
const link = (name: string, mtu: number): HostFacts['links'][number] => ({ name, mtu, up: true, addresses: [] });
const sysctls = (changes: Partial<HostFacts['sysctls']> = {}): HostFacts['sysctls'] => ({
  ipv4Forwarding: true,
  ipv6Forwarding: false,
  acceptRa: {},
  ipv6Disabled: false,
  ...changes,
});

describe('accept_ra', () => {
  test.each([
    { protocol: 'ra', value: 1, raised: ['eth0'] },
    // NetworkManager and networkd take advertisements themselves and mark their routes `ra` too.
    { protocol: 'ra', value: 0, raised: [] },
    { protocol: 'ra', value: 2, raised: [] },
    { protocol: 'static', value: 1, raised: [] },
    { protocol: 'boot', value: 1, raised: [] },
  ])('route by $protocol, accept_ra $value', ({ protocol, value, raised }) => {
    expect(
      planAcceptRa({
        routes: [defaultVia('eth0', protocol)],
        sysctls: sysctls({ acceptRa: { eth0: value, wlan0: 1 } }),
      }),
    ).toEqual(raised);
  });

  test('an uplink with two advertised routes is raised once, IPv4 routes do not count', () => {
    const routes = [defaultVia('eth0', 'ra'), defaultVia('eth0', 'ra'), defaultVia('wlan0', 'ra', 4)];
    expect(planAcceptRa({ routes, sysctls: sysctls({ acceptRa: { eth0: 1, wlan0: 1 } }) })).toEqual(['eth0']);
  });
});

describe('MTU', () => {
  test.each([
    { uplinks: [1500], mtu: 1500 },
    { uplinks: [9000], mtu: 1500 },
    { uplinks: [1500, 1420], mtu: 1420 },
    { uplinks: [576], mtu: 1280 },
    { uplinks: [], mtu: 1500 },
  ])('of uplinks $uplinks is $mtu', ({ uplinks, mtu }) => {
    const links = [link('other', 1300), ...uplinks.map((value, index) => link(`up${index}`, value))];
    expect(
      chooseMtu({ links, routes: uplinks.map((_, index) => defaultVia(`up${index}`, 'static', index === 0 ? 4 : 6)) }),
    ).toBe(mtu);
  });
});

test('uplinks of policy routing tables count', () => {
  expect(
    listIpv6Uplinks({
      routes: [defaultVia('eth0', 'static'), defaultVia('eth1', 'static', 6, '77'), defaultVia('wg0', 'static', 4)],
    }),
  ).toEqual(['eth0', 'eth1']);
});

describe('what is recorded before the first network', () => {
  const rest = { routes: [], rulesBackend: 'legacy' as const, forwardPolicy: { ipv4: 'ACCEPT', ipv6: 'ACCEPT' } };

  test('nothing where forwarding is on already', () => {
    expect(planHostChanges({ ...rest, sysctls: sysctls({ ipv6Forwarding: true }) })).toEqual([]);
  });

  test('forwarding of single interfaces is remembered, since writing `all` writes them too', () => {
    expect(planHostChanges({ ...rest, sysctls: sysctls({ forwardingInterfaces: ['virbr0'] }) })).toEqual([
      { kind: 'ipv6-forwarding', all: false, default: false, interfaces: ['virbr0'] },
      { kind: 'forward-policy', family: 6, policy: 'ACCEPT', backend: 'legacy' },
    ]);
  });

  test('`default` alone being off makes the engine change the policy too', () => {
    expect(
      planHostChanges({ ...rest, sysctls: sysctls({ ipv6Forwarding: true, ipv6DefaultForwarding: false }) }),
    ).toHaveLength(2);
  });

  test("a policy that is DROP already is nobody's change", () => {
    expect(
      planHostChanges({
        ...rest,
        forwardPolicy: { ipv4: 'DROP', ipv6: 'DROP' },
        sysctls: sysctls({ ipv4Forwarding: false }),
      }).map(({ kind }) => kind),
    ).toEqual(['ipv6-forwarding', 'ipv4-forwarding']);
  });

  test('IPv4 forwarding on an engine that had no network yet', () => {
    expect(planHostChanges({ ...rest, sysctls: sysctls({ ipv4Forwarding: false, ipv6Forwarding: true }) })).toEqual([
      { kind: 'ipv4-forwarding', value: false },
      { kind: 'forward-policy', family: 4, policy: 'ACCEPT', backend: 'legacy' },
    ]);
  });

  test('an engine with the nftables backend leaves the policy alone, and forwarding to us', () => {
    expect(
      planHostChanges({ ...rest, sysctls: sysctls({ ipv4Forwarding: false }) }, 'nftables').map(({ kind }) => kind),
    ).toEqual(['ipv6-forwarding', 'ipv4-forwarding']);
  });
});
