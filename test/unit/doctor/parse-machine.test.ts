import { expect, test } from 'vitest';
import { parseMachineFacts } from '../../../src/doctor/parse-machine.js';
import { renderRulesetSections } from '../../support/nft-rules.js';
import { machineText, span } from './sample-facts.js';

const none = { rules: [] };

test('an ordinary host', () => {
  expect(parseMachineFacts(machineText, span)).toEqual({
    clockAheadMs: 0,
    memory: { totalBytes: 16_684_092 * 1024, availableBytes: 12_063_792 * 1024 },
    space: {
      freeBytes: 12_470_076 * 4096,
      totalBytes: 66_053_021 * 4096,
      freeInodes: 15_632_561,
      totalInodes: 16_777_216,
    },
    openFiles: { used: 1237, most: 9_223_372_036_854_775_807, hardLimit: 524_288 },
    cgroupVersion: '2',
    cgroupControllers: ['cpuset', 'cpu', 'io', 'memory', 'hugetlb', 'pids', 'rdma', 'misc'],
    bpf: ['cg_dev_verifier_ops', 'tc_cls_act_verifier_ops'],
    newInterfacesHaveIpv6: true,
    seesRules: true,
    resolvers: [
      {
        server: '192.0.2.53',
        a: { rcode: 'NOERROR', addresses: ['192.0.0.170', '192.0.0.171'] },
        aaaa: { rcode: 'NOERROR', addresses: [] },
      },
      {
        server: '2001:db8::53',
        a: { rcode: 'NOERROR', addresses: ['192.0.0.171', '192.0.0.170'] },
        aaaa: { rcode: 'NOERROR', addresses: [] },
      },
    ],
    ownChains: [],
    legacyRules: 0,
    engineRules: { ipv4: false, ipv6: false },
  });
});

test('nothing could be read', () => {
  expect(parseMachineFacts('', span)).toMatchObject({
    clockAheadMs: undefined,
    memory: undefined,
    space: undefined,
    openFiles: undefined,
    seesRules: false,
    resolvers: [],
    newInterfacesHaveIpv6: true,
  });
});

test.each([
  ['behind', 10_000, -10_000 + 12],
  ['ahead', -10_500, 10_012],
])('a clock that is %s: by the nearer end of the span', (_, laterMs, aheadMs) => {
  expect(
    parseMachineFacts(machineText, { beforeMs: span.beforeMs + laterMs, afterMs: span.beforeMs + laterMs + 500 })
      .clockAheadMs,
  ).toBeCloseTo(aheadMs, -1);
});

test.each([
  ['ulimit without a limit', '@@ files\n1 2\nunlimited\n', { openFiles: { used: 1, most: 2, hardLimit: Infinity } }],
  [
    'chains of dind64, each once',
    `${renderRulesetSections({
      'ip6 filter': { 'DIND64-FWD-a': none, FORWARD: none },
      'ip6 DIND64-FWD-c': { forward: none },
    })}@@ legacy6\n-N DIND64-FWD-b-1a2b3c\n-A FORWARD -j DIND64-FWD-b-1a2b3c\n`,
    { ownChains: ['DIND64-FWD-c', 'DIND64-FWD-a', 'DIND64-FWD-b-1a2b3c'] },
  ],
  [
    'rules of iptables-legacy',
    '@@ legacy4\n-P FORWARD DROP\n-N X\n-A FORWARD -j X\n-A X -j DROP\n',
    { legacyRules: 2 },
  ],
  [
    'an engine in ip6tables-nft',
    renderRulesetSections({ 'ip filter': { DOCKER: none }, 'ip6 filter': { DOCKER: none } }),
    { engineRules: { ipv4: true, ipv6: true } },
  ],
  [
    'an engine without ip6tables',
    renderRulesetSections({ 'ip filter': { DOCKER: none }, 'ip6 filter': { FORWARD: none } }),
    { engineRules: { ipv4: true, ipv6: false } },
  ],
  [
    'an engine on nftables',
    renderRulesetSections({ 'ip docker-bridges': {}, 'ip6 docker-bridges': {} }),
    { engineRules: { ipv4: true, ipv6: true } },
  ],
  ['an engine whose rules were flushed', '', { engineRules: { ipv4: false, ipv6: false } }],
])('%s', (_, text, expected) => {
  expect(parseMachineFacts(`\n${text}`, span)).toMatchObject(expected);
});
