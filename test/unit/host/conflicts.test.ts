import { expect, test } from 'vitest';
import { findCidrConflicts, type ConflictInputs } from '../../../src/host/conflicts.js';
import { parseAddress } from '../../../src/net/address.js';
import { parseCidr } from '../../../src/net/cidr.js';
import type { HostFacts } from '../../../src/plan/types.js';

const route = (destination: string, device: string, gateway?: string): HostFacts['routes'][number] => ({
  family: destination.includes(':') ? 6 : 4,
  destination,
  device,
  protocol: 'static',
  metric: 1024,
  table: 'main',
  ...(gateway === undefined ? {} : { gateway }),
});
const link = (name: string, address: string, length: number, scope = 'global'): HostFacts['links'][number] => ({
  name,
  mtu: 1500,
  up: true,
  addresses: [{ address: parseAddress(address), length, scope }],
});

function find(changes: Partial<ConflictInputs>): [string, string][] {
  const inputs = {
    cidrs: [{ name: 'DIND_NODE_CIDR', cidr: parseCidr('fd00:20::/64') }],
    facts: { links: [], routes: [] },
    networks: [],
    ownNetworks: [],
    ...changes,
  };
  return findCidrConflicts(inputs).map(({ severity, text }) => [severity, text]);
}

test('nothing in the way', () => {
  expect(
    find({
      facts: {
        links: [link('eth0', 'fd00::2', 64)],
        routes: [route('fd00::/64', 'eth0'), route('default', 'eth0', 'fe80::1'), route('10.0.0.0/8', 'eth0')],
      },
    }),
  ).toEqual([]);
});

test('another network of the engine, once, though its bridge has a route and an address', () => {
  expect(
    find({
      networks: [{ name: 'other-net', subnets: ['fd00:20::/56', '172.18.0.0/16'], bridge: 'br-1' }],
      facts: { links: [link('br-1', 'fd00:20::1', 56)], routes: [route('fd00:20::/56', 'br-1')] },
    }),
  ).toEqual([['taken', "DIND_NODE_CIDR fd00:20::/64 overlaps fd00:20::/56 of the engine's network other-net"]]);
});

test("the cluster's own network is no conflict", () => {
  expect(
    find({
      networks: [{ name: 'kubeadm-dind-net', subnets: ['fd00:20::/64'], bridge: 'br-own' }],
      ownNetworks: ['kubeadm-dind-net'],
      facts: { links: [link('br-own', 'fd00:20::1', 64)], routes: [route('fd00:20::/64', 'br-own')] },
    }),
  ).toEqual([]);
});

test('an address of the host, and routes that are as wide or narrower', () => {
  expect(
    find({
      facts: {
        links: [link('eth0', 'fd00:20::5', 64)],
        routes: [route('fd00:20::/64', 'eth0'), route('fd00:20::77', 'wg0', 'fe80::9')],
      },
    }),
  ).toEqual([
    ['taken', 'DIND_NODE_CIDR fd00:20::/64 overlaps the address fd00:20::5 of eth0 on the engine host'],
    ['taken', 'DIND_NODE_CIDR fd00:20::/64 overlaps fd00:20::/64, a route of the engine host via eth0'],
    ['taken', 'DIND_NODE_CIDR fd00:20::/64 overlaps fd00:20::77, a route of the engine host via fe80::9 wg0'],
  ]);
});

test('a wider route only covers: the more specific one of the cluster wins', () => {
  expect(find({ facts: { links: [], routes: [route('fd00::/8', 'wg0')] } })).toEqual([
    ['covered', 'DIND_NODE_CIDR fd00:20::/64 lies in fd00::/8, a route of the engine host via wg0'],
  ]);
});

test("all CIDRs are looked at, and without facts the engine's networks alone", () => {
  const cidrs = ['fd00:20::/64', 'fd00:40::/72', 'fd00:30::/110'].map((text, index) => ({
    name: `C${index}`,
    cidr: parseCidr(text),
  }));
  const networks = [
    { name: 'a', subnets: ['fd00:40::/80'], bridge: undefined },
    { name: 'b', subnets: ['fd00:30::/64'], bridge: undefined },
  ];
  expect(find({ cidrs, networks, facts: undefined }).map(([, text]) => text)).toEqual([
    "C1 fd00:40::/72 overlaps fd00:40::/80 of the engine's network a",
    "C2 fd00:30::/110 overlaps fd00:30::/64 of the engine's network b",
  ]);
});
