import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findSureDrop, type ForwardedPacket } from '../../../src/host/evaluate-forward.js';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { parseNft } from '../../../src/host/parse-nft.js';
import { listRuleset, renderRulesetSections, type ChainRows } from '../../support/nft-rules.js';

const packet: ForwardedPacket = { family: 6, from: 'br-kubeadm-dind', to: 'eth0', state: 'new' };

/** A table with one base chain of these rules; `more`: further chains. */
function fateOf(
  policy: string,
  rules: string[],
  more: Record<string, string[]> = {},
  of = packet,
  table = 'inet strict',
): string {
  const others = Object.entries(more).map(([name, lines]): [string, ChainRows] => [name, { rules: lines }]);
  const { nft, nftText } = listRuleset({ [table]: { forward: { policy, rules }, ...Object.fromEntries(others) } });
  const drop = findSureDrop(parseNft(nft, nftText).chains, of);
  return drop === undefined ? 'may pass' : `${drop.table}, ${drop.chain}: ${drop.rule}`;
}

describe('surely dropped', () => {
  test.each<[string, string[], Record<string, string[]>, string]>([
    ['drop', [], {}, 'inet strict, forward: policy drop'],
    [
      'drop',
      [
        'ct state established,related accept',
        'ct status dnat accept',
        'iifname "lan0" accept',
        'ct state vmap { invalid : drop, established : accept }',
      ],
      {},
      'inet strict, forward: policy drop',
    ],
    [
      'drop',
      [
        'iifname "virbr*" counter packets 3 bytes 99 accept',
        'iifname { "a", "b" } accept',
        'ip daddr 10.0.0.0/8 accept',
        'oifname != "eth0" accept',
        'counter packets 1 bytes 2',
      ],
      {},
      'inet strict, forward: policy drop',
    ],
    [
      'accept',
      ['counter packets 0 bytes 0 reject with icmpx admin-prohibited comment "all else"'],
      {},
      'inet strict, forward: reject with icmpx admin-prohibited',
    ],
    [
      'accept',
      ['oifname "eth0" log prefix "no: " drop'],
      {},
      'inet strict, forward: oifname "eth0" log prefix "no: " drop',
    ],
    [
      'accept',
      ['jump zones', 'drop'],
      { zones: ['iifname "lan0" accept', 'tcp dport 22 drop'] },
      'inet strict, forward: drop',
    ],
    ['drop', ['goto end'], { end: ['iifname "lan0" accept'] }, 'inet strict, forward: policy drop'],
    [
      'accept',
      ['jump deny', 'accept'],
      { deny: ['meta nfproto ipv6 reject with icmpx admin-prohibited'] },
      'inet strict, deny: meta nfproto ipv6 reject with icmpx admin-prohibited',
    ],
    ['accept', ['tcp dport 25 drop', 'drop'], {}, 'inet strict, forward: drop'],
    [
      'drop',
      ['ct state { established, related } accept', 'ct state != new accept', 'iif "lo" accept'],
      {},
      'inet strict, forward: policy drop',
    ],
    [
      'accept',
      ['reject with icmp port-unreachable', 'reject with icmpv6 port-unreachable'],
      {},
      'inet strict, forward: reject with icmpv6 port-unreachable',
    ],
  ])('policy %s, %j %j', (policy, rules, more, drop) => {
    expect(fateOf(policy, rules, more)).toBe(drop);
  });
});

describe('not surely', () => {
  test.each<[string, string[], Record<string, string[]>]>([
    ['accept', [], {}],
    ['drop', ['accept'], {}],
    ['drop', ['iifname "br-*" accept'], {}],
    ['drop', ['iifname { "lan0", "br-kubeadm-dind" } accept'], {}],
    ['drop', ['oifname "eth0" accept'], {}],
    ['drop', ['ct state established,related,new accept'], {}],
    ['drop', ['ip6 saddr fd00::/8 accept'], {}],
    ['drop', ['tcp dport { 80, 443 } accept'], {}],
    ['drop', ['meta mark 0x00000001 accept'], {}],
    ['drop', ['iifname vmap { "br-a" : accept }'], {}],
    ['drop', ['jump zones'], { zones: ['iifname "br-kubeadm-dind" accept'] }],
    ['drop', ['jump elsewhere'], {}],
    ['accept', ['tcp dport 25 drop'], {}],
    ['accept', ['ct state invalid drop'], {}],
    ['accept', ['iifname "eth0" drop'], {}],
    ['accept', ['ip6 daddr 2001:db8::/32 reject with icmpv6 port-unreachable'], {}],
    ['accept', ['limit rate 10/second burst 5 packets return', 'drop'], {}],
    ['accept', ['reject with icmp port-unreachable'], {}],
    ['accept', ['meta l4proto tcp reject with tcp reset'], {}],
    ['accept', ['ip6 saddr @blocked drop'], {}],
    ['drop', ['iifname @names accept'], {}],
    ['drop', ['iifname vmap @interfaces'], {}],
    ['drop', ['ct state vmap { new : accept }'], {}],
    ['drop', ['ct status != dnat accept'], {}],
    ['drop', ['iifname != { "a", "br-kubeadm-dind" } accept', 'accept'], {}],
  ])('policy %s, %j %j', (policy, rules, more) => {
    expect(fateOf(policy, rules, more)).toBe('may pass');
  });

  test('in a table of the other family, or on another hook', () => {
    expect(fateOf('drop', [], {}, packet, 'ip strict')).toBe('may pass');
    expect(
      findSureDrop([{ table: 'inet strict', name: 'input', hook: 'input', policy: 'drop', rules: [] }], packet),
    ).toBeUndefined();
  });
});

test('an accept in one table undoes no drop in another', () => {
  const base = { name: 'forward', hook: 'forward' };
  expect(
    findSureDrop(
      [
        { ...base, table: 'inet kind', policy: 'accept', rules: [{ text: 'accept', statements: [{ accept: null }] }] },
        { ...base, table: 'ip6 strict', policy: 'drop', rules: [] },
      ],
      packet,
    ),
  ).toEqual({ table: 'ip6 strict', chain: 'forward', rule: 'policy drop' });
});

test('a real firewalld: a bridge in no zone, and one that it trusts', () => {
  const text = readFileSync(new URL('recorded/firewalld.txt', import.meta.url), 'utf8');
  const drops = (chains: ReturnType<typeof parseHostFacts>['foreignChains']): unknown =>
    findSureDrop(
      (chains ?? []).filter(({ table }) => table === 'inet firewalld'),
      packet,
    );
  expect(drops(parseHostFacts(text).foreignChains)).toEqual({
    table: 'inet firewalld',
    chain: 'filter_FORWARD_POLICIES',
    rule: 'reject with icmpx admin-prohibited',
  });
  expect(
    drops(parseHostFacts(text.replace('"right": "lo"', '"right": "br-kubeadm-dind"')).foreignChains),
  ).toBeUndefined();
});

describe('rules of ip6tables-nft, of whose extensions JSON has no more than the name', () => {
  const table = 'ip6 filter';

  test.each<[string[], string]>([
    [['-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'], 'policy drop'],
    [['-m conntrack --ctstate DNAT -j ACCEPT'], 'policy drop'],
    [['-i lan0 -m comment --comment "the LAN" -j ACCEPT'], 'policy drop'],
    [['-m state --state INVALID -j DROP', '-j LOG --log-prefix no:'], 'policy drop'],
    [['-m comment --comment all -j DROP'], 'drop'],
    [['-j REJECT --reject-with icmp6-adm-prohibited'], 'reject with icmpv6 type admin-prohibited'],
  ])('%j: %s', (rules, rule) => {
    expect(fateOf('drop', rules, {}, packet, table)).toBe(`${table}, forward: ${rule}`);
  });

  test.each([
    '-m conntrack --ctstate NEW -j ACCEPT',
    '-m conntrack --ctstate NEW --ctstatus ASSURED -j ACCEPT',
    '-m conntrack ! --ctstate NEW -j ACCEPT',
    '-m conntrack --ctstate RELATED,ESTABLISHED --ctdir REPLY -j ACCEPT',
    '-p tcp -m multiport --dports 22,25 -j ACCEPT',
    '-m physdev --physdev-is-bridged -j ACCEPT',
  ])('%s: may pass', (rule) => {
    expect(fateOf('drop', [rule], {}, packet, table)).toBe('may pass');
  });

  test('a condition beside the state of which nothing is known', () => {
    const rule = '-m conntrack --ctstate NEW --ctstatus ASSURED -j DROP';
    expect(fateOf('accept', [rule], {}, packet, table)).toBe('may pass');
  });
});

test('rules of iptables-legacy beside an engine on nft: the policy alone, or rules that may let it through', () => {
  const facts = (legacy6: string) =>
    parseHostFacts(
      `${renderRulesetSections({ 'ip6 filter': { DOCKER: { rules: [] }, FORWARD: { policy: 'accept', rules: [] } } })}@@ legacy6\n${legacy6}\n@@ end\n`,
    );
  expect(findSureDrop(facts('-P FORWARD DROP\n-A FORWARD -i lan0 -j DROP').foreignChains ?? [], packet)).toEqual({
    table: 'ip6 filter (iptables-legacy)',
    chain: 'FORWARD',
    rule: 'policy drop',
  });
  expect(
    findSureDrop(facts('-P FORWARD DROP\n-A FORWARD -i lan0 -j ACCEPT').foreignChains ?? [], packet),
  ).toBeUndefined();
});
