import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseLegacyChains } from '../../../src/host/ahead-of-engine.js';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { listRoutingRules } from '../../../src/host/routing-rules.js';
import type { FirewallChain, FirewallRule } from '../../../src/plan/types.js';

const chain = (name: string, hook: string | undefined, ...rules: FirewallRule[]): FirewallChain => ({
  table: 'inet other',
  name,
  hook,
  policy: hook === undefined ? undefined : 'accept',
  rules,
});
const accept = (text: string): FirewallRule => ({ text, statements: [{ accept: null }] });
const texts = (...chains: FirewallChain[]): string[] => listRoutingRules(chains).map(({ rule }) => rule);

test.each([
  'iifname "lan0" accept',
  'ct state new accept',
  'ip6 daddr 2001:db8::/64 tcp dport 80 counter packets 3 bytes 4 accept',
])('counts: %s', (text) => {
  expect(texts(chain('forward', 'forward', accept(text)))).toEqual([text.replace('counter packets 3 bytes 4 ', '')]);
});

test.each([
  'ct state established,related accept',
  'ct state { established, related } accept',
  'ct status dnat accept',
  'meta l4proto { icmp, ipv6-icmp } accept',
  'icmpv6 type packet-too-big accept',
  'iifname "lo" accept',
])('goes with any firewall and does not count: %s', (text) => {
  expect(texts(chain('forward', 'forward', accept(text)))).toEqual([]);
});

test('chains that the hook leads to, and no others', () => {
  const jump: FirewallRule = { text: 'jump more', statements: [{ jump: { target: 'more' } }] };
  expect(
    texts(
      chain('forward', 'forward', jump),
      chain('more', undefined, accept('iifname "a" accept')),
      chain('else', undefined, accept('iifname "b" accept')),
      chain('input', 'input', accept('iifname "c" accept')),
    ),
  ).toEqual(['iifname "a" accept']);
});

test("translations count; the engine's own chains and tables, and ours, do not", () => {
  const masquerade: FirewallRule = { text: 'masquerade', statements: [{ masquerade: null }] };
  const dnat: FirewallRule = { text: 'dnat', statements: [{ xt: { type: 'target', name: 'DNAT' } }] };
  expect(texts(chain('post', 'postrouting', masquerade), chain('pre', 'prerouting', dnat))).toEqual([
    'masquerade',
    'dnat',
  ]);
  expect(texts(chain('DOCKER', 'prerouting', dnat), chain('filter_FWD_docker', 'forward', accept('accept')))).toEqual(
    [],
  );
  for (const table of ['ip6 DIND64-HOST-one', 'ip docker-bridges', 'bridge filter'])
    expect(texts({ ...chain('forward', 'forward', accept('accept')), table })).toEqual([]);
});

test('DOCKER-USER is the administrator’s; iptables-legacy', () => {
  const filter = `-P FORWARD DROP
-N DOCKER-USER
-N DOCKER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A DOCKER-USER -i lan0 -j ACCEPT
-A DOCKER -i br-one -j ACCEPT`;
  const nat = '-P POSTROUTING ACCEPT\n-A POSTROUTING -s 192.168.9.0/24 -j MASQUERADE';
  expect(
    listRoutingRules([...parseLegacyChains('ip filter', filter), ...parseLegacyChains('ip nat', nat)]).map(
      ({ chain: name, rule }) => `${name} ${rule}`,
    ),
  ).toEqual(['DOCKER-USER -i lan0 -j ACCEPT', 'POSTROUTING -s 192.168.9.0/24 -j MASQUERADE']);
});

test('what recorded hosts have', () => {
  const rules = (name: string): string[] =>
    (parseHostFacts(readFileSync(new URL(`recorded/${name}.txt`, import.meta.url), 'utf8')).routingRules ?? []).map(
      ({ table, chain: where, rule }) => `${table} ${where} ${rule}`,
    );
  expect(rules('no-engine')).toEqual([]);
  expect(rules('docker-nft-advertised')).toEqual([
    'ip nat POSTROUTING ip saddr 172.17.0.0/16 oifname != "docker0" masquerade',
  ]);
  expect(rules('docker-legacy-static')).toEqual([]);
  expect(rules('firewalld')).toEqual([
    'inet firewalld filter_FORWARD_POLICIES iifname "docker0" accept',
    'ip nat post oifname "eth0" masquerade',
  ]);
});
