import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findSureDrop, type ForwardedPacket } from '../../../src/host/evaluate-forward.js';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { parseNftChains } from '../../../src/host/parse-firewall.js';

const packet: ForwardedPacket = { family: 6, from: 'br-kubeadm-dind', to: 'eth0' };

/** A table with one base chain of these rules; `more`: further chains. */
function fateOf(
  policy: string,
  rules: string[],
  more: Record<string, string[]> = {},
  of = packet,
  table = 'inet strict',
): string {
  const chain = (name: string, lines: string[]): string =>
    [`\tchain ${name} {`, ...lines.map((line) => `\t\t${line}`), '\t}'].join('\n');
  const text = [
    `table ${table} {`,
    chain('forward', [`type filter hook forward priority filter; policy ${policy};`, ...rules]),
    ...Object.entries(more).map(([name, lines]) => chain(name, lines)),
    '}',
  ].join('\n');
  const drop = findSureDrop(parseNftChains(text), of);
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
        'ct state vmap { established : accept, invalid : drop }',
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
      { deny: ['meta nfproto ipv6 reject'] },
      'inet strict, deny: meta nfproto ipv6 reject',
    ],
    ['accept', ['tcp dport 25 drop', 'drop'], {}, 'inet strict, forward: drop'],
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
    ['drop', ['meta mark 0x1 accept'], {}],
    ['drop', ['iifname vmap { "br-a" : accept }'], {}],
    ['drop', ['jump zones'], { zones: ['iifname "br-kubeadm-dind" accept'] }],
    ['drop', ['jump elsewhere'], {}],
    ['accept', ['tcp dport 25 drop'], {}],
    ['accept', ['ct state invalid drop'], {}],
    ['accept', ['iifname "eth0" drop'], {}],
    ['accept', ['ip6 daddr 2001:db8::/32 reject'], {}],
    ['accept', ['limit rate 10/second burst 5 packets return', 'drop'], {}],
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
        { ...base, table: 'inet kind', policy: 'accept', rules: ['accept'] },
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
    drops(
      parseHostFacts(text.replace('\t\tiifname "lo" accept', '\t\tiifname "br-kubeadm-dind" accept')).foreignChains,
    ),
  ).toBeUndefined();
});

test('rules of iptables-legacy beside an engine on nft: the policy alone, or rules that may let it through', () => {
  const facts = (legacy6: string) =>
    parseHostFacts(
      `@@ nft\ntable ip6 filter {\n\tchain DOCKER {\n\t}\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}\n@@ legacy6\n${legacy6}\n@@ end\n`,
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
