import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { chooseMtu, hasIpv6DefaultRoute, planAcceptRa, planHostChanges } from '../../../src/host/changes.js';
import { findForeignForwardDrops } from '../../../src/host/firewalls.js';
import { findFileSystem, parseHostFacts } from '../../../src/host/parse-facts.js';
import { renderRulesetSections } from '../../support/nft-rules.js';

/** Outputs of shell/host-facts.bash, recorded in network namespaces that were set up as the name says. */
function read(name: string): string {
  return readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8');
}

describe('a host with Docker on iptables-nft and a route from router advertisements', () => {
  const facts = parseHostFacts(read('docker-nft-advertised'), [6443], [20001]);

  test('backend and policies are those of the engine', () => {
    expect(facts.rulesBackend).toBe('nft');
    expect(facts.forwardPolicy).toEqual({ ipv4: 'DROP', ipv6: 'ACCEPT' });
    expect(facts.foreignForwardTables).toEqual([]);
  });

  test('the advertised default route is recognized', () => {
    expect(facts.routes.filter((route) => route.destination === 'default')).toEqual([
      {
        family: 6,
        destination: 'default',
        device: 'up0',
        gateway: 'fe80::1',
        protocol: 'ra',
        metric: 1024,
        table: 'main',
      },
    ]);
    expect(facts.routes.some((route) => route.table === 'local')).toBe(false);
  });

  test('addresses, sysctls and limits', () => {
    expect(facts.links.find((link) => link.name === 'up0')).toMatchObject({
      mtu: 1500,
      up: true,
      addresses: [
        { address: '2001:db8:1::2', length: 64, scope: 'global' },
        { length: 64, scope: 'link' },
      ],
    });
    expect(facts.sysctls).toEqual({
      ipv4Forwarding: true,
      ipv6Forwarding: false,
      ipv6DefaultForwarding: false,
      forwardingInterfaces: [],
      acceptRa: { docker0: 0, lo: 1, up0: 1, up1: 1 },
      ipv6Disabled: false,
    });
    expect(facts).toMatchObject({
      ipv6Loopback: true,
      capSysResource: false,
      resolvers: ['192.0.2.53'],
      inotify: { maxUserInstances: 128 },
      freePorts: [6443, 20001],
      takenPorts: [],
    });
  });

  test('the engine will turn forwarding on, so accept_ra, forwarding and the policy are to be recorded', () => {
    expect(planAcceptRa(facts)).toEqual(['up0']);
    expect(planHostChanges(facts)).toEqual([
      { kind: 'accept-ra', device: 'up0', value: 1 },
      { kind: 'ipv6-forwarding', all: false, default: false, interfaces: [] },
      { kind: 'forward-policy', family: 6, policy: 'ACCEPT', backend: 'nft' },
    ]);
  });
});

describe('a host with Docker on iptables-legacy, leftovers of the other backend, a static default route and a small MTU', () => {
  const facts = parseHostFacts(read('docker-legacy-static'));

  test('the backend that names the bridges of today wins', () => {
    expect(facts.rulesBackend).toBe('legacy');
    expect(facts.forwardPolicy).toEqual({ ipv4: 'DROP', ipv6: 'DROP' });
  });

  test('what the leftovers drop is named', () => {
    expect(findForeignForwardDrops(facts).map(({ text }) => text)).toEqual([
      'table ip6 filter of iptables rules outside the engine\'s backend, chain FORWARD: iifname "br-gone" counter packets 0 bytes 0 drop',
      "table ip6 filter of iptables rules outside the engine's backend, chain FORWARD: policy drop",
    ]);
  });

  test('a static route needs no accept_ra, and the uplink gives the MTU', () => {
    expect(hasIpv6DefaultRoute(facts)).toBe(true);
    expect(planAcceptRa(facts)).toEqual([]);
    expect(chooseMtu(facts)).toBe(1400);
  });
});

describe('a host with firewalld, an nftables service and listeners', () => {
  const facts = parseHostFacts(read('firewalld'), [22, 6443, 6444], [20001]);

  test('ports listened on at any address or at ::1 alone are taken', () => {
    expect(facts.takenPorts).toEqual([22, 6443]);
    expect(facts.freePorts).toEqual([6444, 20001]);
  });

  test('only chains that the forward hook reaches count', () => {
    expect(facts.foreignForwardTables).toEqual(['inet firewalld', 'inet filter']);
    expect(findForeignForwardDrops(facts).map(({ owner, chain, rule }) => [owner, chain, rule])).toEqual([
      ['firewalld', 'filter_FORWARD', 'ip6 daddr { ::/96, ::ffff:0.0.0.0/96 } reject with icmpv6 addr-unreachable'],
      ['firewalld', 'filter_FORWARD', 'reject with icmpx admin-prohibited'],
      ['firewalld', 'filter_FORWARD_POLICIES', 'reject with icmpx admin-prohibited'],
      ['the nftables service (/etc/nftables.conf)', 'forward', 'policy drop'],
    ]);
  });

  test('no IPv6 default route', () => {
    expect(hasIpv6DefaultRoute(facts)).toBe(false);
  });
});

test("a host without an engine's rules: none, and nothing invented", () => {
  const facts = parseHostFacts(read('no-engine'));
  expect(facts).toMatchObject({
    rulesBackend: 'none',
    forwardPolicy: { ipv4: undefined, ipv6: undefined },
    forwardDrops: [],
    routes: [],
  });
  expect(chooseMtu(facts)).toBe(1500);
});

test('empty output is an ordinary host, not an error', () => {
  expect(parseHostFacts('')).toMatchObject({
    links: [],
    routes: [],
    rulesBackend: 'none',
    capSysResource: true,
    ipv6Loopback: false,
    sysctls: { ipv6Disabled: true },
  });
});

test('routes: unreachable ones lead nowhere, next hops count each, policy tables are kept', () => {
  const text = `@@ routes6
[{"dst":"default","gateway":"2001:db8:1::9","dev":"up1","table":"77","metric":1024,"flags":[]},{"type":"unreachable","dst":"fd00:99::/48","dev":"lo","metric":1024,"flags":[]},{"dst":"2001:db8:7::/48","flags":[],"nexthops":[{"gateway":"fe80::1","dev":"a","weight":1,"flags":[]},{"gateway":"fe80::2","dev":"b","weight":1,"flags":[]}]},{"type":"local","dst":"::1","dev":"lo","table":"local","protocol":"kernel","metric":0,"flags":[]}]
@@ end
`;
  expect(parseHostFacts(text).routes.map(({ destination, device, table }) => [destination, device, table])).toEqual([
    ['default', 'up1', '77'],
    ['2001:db8:7::/48', 'a', 'main'],
    ['2001:db8:7::/48', 'b', 'main'],
  ]);
});

test("with the nftables backend iptables rules are somebody else's", () => {
  const text = renderRulesetSections({
    'ip6 docker-bridges': {
      'filter-FORWARD': { policy: 'accept', rules: ['counter packets 0 bytes 0 drop comment "UNPUBLISHED PORT DROP"'] },
    },
    'ip6 DIND64-FWD-a': {
      forward: { policy: 'accept', rules: ['ip6 daddr fd00:ec2::254 reject with icmpv6 admin-prohibited'] },
    },
    'ip6 filter': { FORWARD: { policy: 'drop', rules: [] } },
  });
  expect(parseHostFacts(text).forwardDrops).toEqual([{ table: 'ip6 filter', chain: 'FORWARD', rule: 'policy drop' }]);
});

describe('what may drop in a table of others', () => {
  const dropsOf = (rules: string[], chains: Record<string, string[]> = {}): unknown[] => {
    const others = Object.entries(chains).map(([name, lines]) => [name, { rules: lines }] as const);
    const text = renderRulesetSections({
      'inet strict': { forward: { policy: 'accept', rules }, ...Object.fromEntries(others) },
    });
    return (parseHostFacts(text).forwardDrops ?? []).map(({ chain, rule }) => [chain, rule]);
  };

  test('a chain that a verdict map leads to, and the map itself', () => {
    const map = 'iifname vmap { "br-a" : jump zones, "br-b" : drop }';
    expect(dropsOf([map], { zones: ['tcp dport 25 drop'], unused: ['drop'] })).toEqual([
      ['forward', map],
      ['zones', 'tcp dport 25 drop'],
    ]);
  });

  test('not what is invalid to connection tracking', () => {
    expect(
      dropsOf([
        'ct state invalid drop',
        'ct state vmap { invalid : drop, established : accept }',
        '-m state --state INVALID -j DROP',
      ]),
    ).toEqual([]);
  });

  test('a rule whose text could not be read stands in its JSON form', () => {
    const text = renderRulesetSections({ 'inet strict': { forward: { policy: 'accept', rules: ['drop'] } } });
    const { forwardDrops } = parseHostFacts(text.slice(0, text.indexOf('@@ nft-text')));
    expect(forwardDrops).toEqual([{ table: 'inet strict', chain: 'forward', rule: '[{"drop":null}]' }]);
  });
});

describe('the file system of the data root', () => {
  const facts = parseHostFacts(
    '@@ mounts\n/ ext4\n/var/lib/docker xfs\n/var/lib/docker btrfs\n/var/lib/docker-other tmpfs\n/var/lib/docker/overlay2/0123/merged overlay\n@@ end\n',
  );

  test.each([
    ['/var/lib/docker', 'btrfs'],
    ['/var/lib/docker/volumes', 'btrfs'],
    ['/var/lib/dockers', 'ext4'],
    ['/', 'ext4'],
  ])('%s: %s', (path, type) => {
    expect(findFileSystem(facts, path)).toBe(type);
  });

  test('is not known where nothing was told', () => {
    expect(findFileSystem(parseHostFacts(''), '/var/lib/docker')).toBeUndefined();
  });
});
