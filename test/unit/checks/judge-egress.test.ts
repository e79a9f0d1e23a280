import { describe, expect, test } from 'vitest';
import { judgeEgress } from '../../../src/checks/judge-egress.js';
import { dns, input, ipv4, native, seenByCluster, seenByHost, synthesized, tcp, unresolved } from './reports.js';

const github = { name: 'github.com' };
const kubernetes = { name: 'kubernetes.io' };
const v6only = { name: 'v6only.test' };

describe('mode false', () => {
  test('every name by NAT64', () => {
    const verdict = judgeEgress(
      input(false, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, synthesized, 'connected'), seenByHost(kubernetes, 'connected', 'connected')],
      ]),
    );
    expect(verdict).toMatchObject({
      outcome: 'passed',
      paths: { nat64: 'passed', direct: 'untried' },
      warnings: [],
      brokenParts: [],
      remedy: undefined,
    });
    expect(verdict.targets.map(({ status, path, ms }) => ({ status, path, ms }))).toEqual([
      { status: 'passed', path: 'nat64', ms: 5 },
      { status: 'passed', path: 'nat64', ms: 5 },
    ]);
  });

  test('one name that answers is enough; the others are named', () => {
    const verdict = judgeEgress(
      input(false, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, synthesized, 'timed-out'), seenByHost(kubernetes, 'connected', undefined)],
      ]),
    );
    expect(verdict.outcome).toBe('passed');
    expect(verdict.warnings).toEqual([expect.stringMatching(/^kubernetes.io: timed out: /)]);
  });

  test('an IPv6-only name has no path, and the mode is named', () => {
    const verdict = judgeEgress(
      input(false, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(v6only, native, 'no-route', false), seenByHost(v6only, undefined, 'connected')],
      ]),
    );
    expect(verdict.outcome).toBe('passed');
    expect(verdict.targets[1]).toMatchObject({
      status: 'no-path',
      path: 'direct',
      observed: 'no route',
      hop: 'mode',
      explanation: expect.stringMatching('DIND_ALLOW_AAAA_USE=false') as string,
    });
  });

  test('a host that has IPv6 only: the remedy is the mode', () => {
    const verdict = judgeEgress(
      input(false, [
        [seenByCluster(github, synthesized, 'timed-out'), seenByHost(github, 'no-route', undefined)],
        [seenByCluster(kubernetes, synthesized, 'timed-out'), seenByHost(kubernetes, 'no-route', 'connected')],
      ]),
    );
    expect(verdict).toMatchObject({
      outcome: 'failed',
      paths: { nat64: 'unverified' },
      remedy: expect.stringMatching(/DIND_ALLOW_AAAA_USE=true.*auto/) as string,
    });
    expect(verdict.targets.map((target) => target.hop)).toEqual(['mode', 'mode']);
  });

  test('IPv6-only names alone, which the host reaches: the same', () => {
    const verdict = judgeEgress(
      input(false, [[seenByCluster(v6only, native, 'no-route', false), seenByHost(v6only, undefined, 'connected')]]),
    );
    expect(verdict).toMatchObject({
      outcome: 'failed',
      paths: { nat64: 'untried' },
      remedy: expect.stringMatching('DIND_ALLOW_AAAA_USE=true') as string,
    });
  });

  test("a native answer for a name with an A is DNS64's fault", () => {
    const verdict = judgeEgress(
      input(false, [[seenByCluster(kubernetes, native, 'no-route'), seenByHost(kubernetes, 'connected', 'connected')]]),
    );
    expect(verdict).toMatchObject({ outcome: 'failed', paths: { nat64: 'failed' } });
    expect(verdict.targets[0]).toMatchObject({
      hop: 'dns64',
      explanation: expect.stringMatching('native address although AAAA is not used') as string,
    });
  });
});

describe('mode true', () => {
  test('dual-stack names directly, IPv4-only names by NAT64', () => {
    const verdict = judgeEgress(
      input(true, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, native, 'connected'), seenByHost(kubernetes, 'connected', 'connected')],
        [seenByCluster(v6only, native, 'connected', false), seenByHost(v6only, undefined, 'connected')],
      ]),
    );
    expect(verdict).toMatchObject({ outcome: 'passed', paths: { nat64: 'passed', direct: 'passed' }, warnings: [] });
  });

  test('a host without IPv4: NAT64 is unverified, which is said', () => {
    const verdict = judgeEgress(
      input(true, [
        [seenByCluster(github, synthesized, 'timed-out'), seenByHost(github, 'no-route', undefined)],
        [seenByCluster(kubernetes, native, 'connected'), seenByHost(kubernetes, 'no-route', 'connected')],
      ]),
    );
    expect(verdict).toMatchObject({ outcome: 'passed', paths: { nat64: 'unverified', direct: 'passed' } });
    expect(verdict.warnings).toEqual([expect.stringMatching('IPv4 by NAT64 is not verified')]);
  });

  test('IPv6 that the host has and the cluster does not is a failure, whatever NAT64 does', () => {
    const verdict = judgeEgress(
      input(
        true,
        [
          [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
          [seenByCluster(kubernetes, native, 'timed-out'), seenByHost(kubernetes, 'connected', 'connected')],
        ],
        { foreignFirewalls: ['inet firewalld'] },
      ),
    );
    expect(verdict).toMatchObject({ outcome: 'failed', paths: { nat64: 'passed', direct: 'failed' } });
    expect(verdict.targets[1]).toMatchObject({
      status: 'broken',
      hop: 'host-rules',
      explanation: expect.stringMatching('inet firewalld') as string,
    });
  });

  test('a host that has lost its IPv6: dual-stack names fail, and the remedy is the mode', () => {
    const verdict = judgeEgress(
      input(true, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, native, 'no-route'), seenByHost(kubernetes, 'connected', 'no-route')],
      ]),
    );
    expect(verdict).toMatchObject({
      outcome: 'failed',
      remedy: expect.stringMatching('DIND_ALLOW_AAAA_USE=auto') as string,
    });
    expect(verdict.targets.map((target) => target.hop)).toEqual([undefined, 'mode']);
  });

  test("a synthesized answer for a dual-stack name is DNS64's fault even when it leads somewhere", () => {
    const verdict = judgeEgress(
      input(true, [
        [seenByCluster(kubernetes, synthesized, 'connected'), seenByHost(kubernetes, 'connected', 'connected')],
      ]),
    );
    expect(verdict).toMatchObject({ outcome: 'failed', paths: { direct: 'failed' } });
    expect(verdict.targets[0]).toMatchObject({ hop: 'dns64' });
  });

  test('... unless the name is in DIND_DNS64_NAT64_ZONES', () => {
    const pair: Parameters<typeof input>[1] = [
      [seenByCluster(kubernetes, synthesized, 'connected'), seenByHost(kubernetes, 'connected', 'connected')],
    ];
    expect(judgeEgress(input(true, pair, { nat64Zones: ['io'] }))).toMatchObject({
      outcome: 'passed',
      paths: { nat64: 'passed', direct: 'untried' },
    });
    expect(judgeEgress(input(true, pair, { nat64Zones: ['etes.io'] })).outcome).toBe('failed');
  });
});

describe('the engine host decides what can be expected', () => {
  test.each([false, true])('offline: a warning (mode %s)', (aaaa) => {
    const verdict = judgeEgress(
      input(aaaa, [
        [
          unresolved(github, 'SERVFAIL', dns('AAAA', 'SERVFAIL')),
          { ...seenByHost(github, undefined, undefined), a: dns('A', 'no-answer') },
        ],
        [
          seenByCluster(kubernetes, aaaa ? native : synthesized, 'timed-out'),
          seenByHost(kubernetes, 'no-route', 'no-route'),
        ],
      ]),
    );
    expect(verdict).toMatchObject({
      outcome: 'offline',
      warnings: [expect.stringMatching(/^offline, egress not verified/)],
    });
    expect(verdict.targets.every((target) => target.status === 'unverified')).toBe(true);
  });

  test('a site that is down for the host too is no fault of the cluster', () => {
    const verdict = judgeEgress(
      input(false, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, synthesized, 'refused'), seenByHost(kubernetes, 'refused', undefined)],
      ]),
    );
    expect(verdict).toMatchObject({ outcome: 'passed', warnings: [] });
    expect(verdict.targets[1]).toMatchObject({
      status: 'unverified',
      hop: 'beyond-host',
      observed: 'connection refused',
    });
  });

  test("a name that only the cluster's own resolvers know: the host is asked for the address", () => {
    const pair: Parameters<typeof input>[1] = [
      [seenByCluster(github, synthesized, 'timed-out'), seenByHost(github, undefined, undefined)],
    ];
    expect(judgeEgress(input(false, pair)).outcome).toBe('offline');
    expect(judgeEgress(input(false, pair, { evidence: [{ host: tcp(ipv4, 'connected') }] })).outcome).toBe('failed');
  });

  test('no targets: off, and said so', () => {
    expect(judgeEgress(input(false, []))).toMatchObject({
      outcome: 'off',
      warnings: ['egress not verified: DIND_CHECK_TARGETS=none'],
    });
  });
});

describe("the cluster's own parts must work even offline", () => {
  const host = seenByHost(github, 'no-route', undefined);
  test.each([
    ['cluster-dns', { clusterDns: dns('AAAA', 'timed-out') }, 'fd00:30::a does not answer'],
    ['dns64', { dns64: dns('AAAA', 'refused', [], 'fd00:20::100') }, 'fd00:20::100: connection refused'],
    ['dns64', { dns64: dns('AAAA', 'NOERROR', ['2001:db8::1']) }, 'not in the NAT64 prefix'],
    ['nat64', { nat64: tcp(synthesized, 'timed-out') }, 'does not answer: timed out'],
    ['nat64', { nat64: undefined }, 'no result in time'],
  ] as const)('%s', (hop, parts, text) => {
    const verdict = judgeEgress(input(false, [[seenByCluster(github, synthesized, 'timed-out'), host]], { parts }));
    expect(verdict.outcome).toBe('failed');
    expect(verdict.brokenParts).toEqual([{ hop, explanation: expect.stringMatching(text) as string }]);
    expect(verdict.remedy).toBeDefined();
    expect(judgeEgress(input(false, [], { parts })).outcome).toBe('failed');
  });

  test('a site that answers by NAT64 outweighs a filter that does not', () => {
    const verdict = judgeEgress(
      input(false, [[seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)]], {
        parts: { nat64: tcp(synthesized, 'timed-out') },
      }),
    );
    expect(verdict.outcome).toBe('passed');
  });

  test('a node does not use cluster DNS', () => {
    expect(judgeEgress(input(false, [], { vantage: 'node', parts: { clusterDns: undefined } })).outcome).toBe('off');
  });

  test("DNS64 that answers the node but not the pod is the node's fault", () => {
    const verdict = judgeEgress(
      input(false, [], {
        parts: { dns64: dns('AAAA', 'timed-out') },
        nodeDns64: dns('AAAA', 'NOERROR', [synthesized]),
      }),
    );
    expect(verdict.brokenParts[0]?.hop).toBe('node');
  });
});
