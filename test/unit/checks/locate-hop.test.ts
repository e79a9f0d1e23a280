import { describe, expect, test } from 'vitest';
import { judgeEgress } from '../../../src/checks/judge-egress.js';
import type { Outcome } from '../../../src/checks/probe-types.js';
import { dns, input, ipv4, native, seenByCluster, seenByHost, synthesized, tcp, unresolved } from './reports.js';

const github = { name: 'github.com' };
const kubernetes = { name: 'kubernetes.io' };

describe('where a path breaks', () => {
  const blame = (aaaa: boolean, outcome: Outcome, more: Parameters<typeof input>[2]): string | undefined => {
    const target = aaaa ? seenByCluster(kubernetes, native, outcome) : seenByCluster(github, synthesized, outcome);
    const verdict = judgeEgress(
      input(aaaa, [[target, seenByHost(target.target, 'connected', aaaa ? 'connected' : undefined)]], more),
    );
    expect(verdict.outcome).toBe('failed');
    return verdict.targets[0]?.hop;
  };

  test.each([
    [
      'the node gets through, its pods do not',
      'timed-out',
      { evidence: [{ node: tcp(synthesized, 'connected') }] },
      'node',
    ],
    ['NAT64 refuses the address', 'prohibited', {}, 'nat64'],
    ['NAT64 answers nothing', 'timed-out', { parts: { nat64: tcp(synthesized, 'timed-out') } }, 'nat64'],
    [
      'NAT64 gets out itself, but does not translate',
      'timed-out',
      { evidence: [{ nat64: tcp(ipv4, 'connected') }] },
      'nat64',
    ],
    ['NAT64 does not get out', 'timed-out', { evidence: [{ nat64: tcp(ipv4, 'timed-out') }] }, 'host-rules'],
    ['no evidence', 'timed-out', {}, 'nat64'],
  ] as const)('NAT64: %s', (_what, outcome, more, hop) => {
    expect(blame(false, outcome, more as Parameters<typeof input>[2])).toBe(hop);
  });

  test.each([
    ['the node gets through', 'timed-out', { evidence: [{ node: tcp(native, 'connected') }] }, 'node'],
    ['the node does not either', 'timed-out', { evidence: [{ node: tcp(native, 'timed-out') }] }, 'host-rules'],
    ['rejected', 'prohibited', {}, 'host-rules'],
    ['no route', 'no-route', {}, 'host-rules'],
  ] as const)('direct: %s', (_what, outcome, more, hop) => {
    expect(blame(true, outcome, more as Parameters<typeof input>[2])).toBe(hop);
  });

  test.each([
    [
      'cluster DNS is down',
      'timed-out',
      dns('AAAA', 'NOERROR', [synthesized]),
      { parts: { clusterDns: dns('AAAA', 'timed-out') } },
      'cluster-dns',
    ],
    ['cluster DNS does not forward', 'SERVFAIL', dns('AAAA', 'NOERROR', [synthesized]), {}, 'cluster-dns'],
    ["DNS64's upstreams fail", 'SERVFAIL', dns('AAAA', 'SERVFAIL'), {}, 'dns64'],
    ['DNS64 is down', 'SERVFAIL', dns('AAAA', 'timed-out'), { parts: { dns64: dns('AAAA', 'timed-out') } }, 'dns64'],
    [
      'DNS64 answers the node only',
      'SERVFAIL',
      dns('AAAA', 'timed-out'),
      { parts: { dns64: dns('AAAA', 'timed-out') }, nodeDns64: dns('AAAA', 'NOERROR', [synthesized]) },
      'node',
    ],
  ] as const)('names: %s', (_what, answer, direct, more, hop) => {
    const verdict = judgeEgress(
      input(false, [[unresolved(github, answer, direct), seenByHost(github, 'connected', undefined)]], more),
    );
    expect(verdict.outcome).toBe('failed');
    expect(verdict.targets[0]).toMatchObject({ status: 'broken', hop });
  });

  // Seen to fail: DNS64 alone was blamed, since a kernel with bridge-nf-call-ip6tables shows a firewall what passes within a network as well.
  test('a firewall that drops what is forwarded is named beside a helper that does not answer', () => {
    const { targets } = judgeEgress(
      input(
        false,
        [[unresolved(github, 'SERVFAIL', dns('AAAA', 'timed-out')), seenByHost(github, 'connected', undefined)]],
        {
          parts: { dns64: dns('AAAA', 'timed-out') },
          foreignFirewalls: ['table inet strict, chain forward: policy drop'],
        },
      ),
    );
    expect(targets[0]?.explanation).toMatch(
      /^DNS64 .* does not answer: .*; firewalls of the engine host that drop forwarded packets: table inet strict, chain forward: policy drop$/,
    );
  });
});
