import { expect, test } from 'vitest';
import { judgeEgress } from '../../../src/checks/judge-egress.js';
import { assertEgress, describeVerdict, renderCheckSummary } from '../../../src/checks/summary.js';
import { DindError } from '../../../src/errors.js';
import { asTyped } from '../../support/wording.js';
import { input, native, seenByCluster, seenByHost, synthesized, tcp } from './reports.js';

const github = { name: 'github.com' };
const kubernetes = { name: 'kubernetes.io', port: 443 };
const plan = { clusterName: 'kubeadm-dind', mode: { requested: 'true' as const, aaaa: true, reason: 'as asked' } };

test('what passed, as a table and as a line', () => {
  const verdict = judgeEgress(
    input(true, [
      [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
      [seenByCluster(kubernetes, native, 'connected'), seenByHost(kubernetes, 'connected', 'connected')],
    ]),
  );
  expect(renderCheckSummary(verdict).map(({ text }) => text)).toEqual([
    'github.com         NAT64  [fd00:10:64:ff9b::c633:6401]:443  connected in 5 ms',
    'kubernetes.io:443  IPv6   [2001:db8::1]:443                 connected in 5 ms',
  ]);
  expect(describeVerdict(verdict)).toBe('github.com by NAT64, kubernetes.io:443 by IPv6');
  expect(() => {
    assertEgress(verdict, plan);
  }).not.toThrow();
});

test('what failed: the reason first, then every target, and what to do', () => {
  const verdict = asTyped(() =>
    judgeEgress(
      input(true, [
        [seenByCluster(github, synthesized, 'connected'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, native, 'timed-out'), seenByHost(kubernetes, 'connected', 'connected')],
      ]),
    ),
  );
  let error: unknown;
  try {
    assertEgress(verdict, plan);
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(DindError);
  expect(error).toMatchObject({
    code: 'egress-failed',
    source: 'environment',
    exitCode: 1,
    doing: 'checking the connectivity of pods (mode `true`)',
  });
  expect((error as DindError).observed.split('\n')).toEqual([
    'kubernetes.io:443: the engine host reaches it, but does not forward or translate what the cluster sends (FORWARD, SNAT)',
    'github.com         NAT64  [fd00:10:64:ff9b::c633:6401]:443  connected in 5 ms',
    'kubernetes.io:443  IPv6   [2001:db8::1]:443                 timed out [host-rules]',
  ]);
  expect((error as DindError).hint).toMatch('npm run status');
});

test('a part that is broken comes first; targets that fail for another reason keep theirs', () => {
  const verdict = judgeEgress(
    input(
      true,
      [
        [seenByCluster(github, synthesized, 'timed-out'), seenByHost(github, 'connected', undefined)],
        [seenByCluster(kubernetes, native, 'refused'), seenByHost(kubernetes, 'refused', 'refused')],
      ],
      { parts: { nat64: tcp(synthesized, 'timed-out') } },
    ),
  );
  expect(() => {
    assertEgress(verdict, plan);
  }).toThrow(
    [
      'NAT64 (fd00:20::200) does not answer: timed out',
      'github.com         NAT64  [fd00:10:64:ff9b::c633:6401]:443  timed out [nat64]',
      'kubernetes.io:443  IPv6   [2001:db8::1]:443                 connection refused [beyond-host: the engine host itself does not reach it]',
    ].join('\n'),
  );
});

test('an IPv6-only name that the mode gives no path is not the reason of what else failed', () => {
  const verdict = judgeEgress(
    input(false, [
      [
        seenByCluster({ name: 'v6only.test' }, native, 'no-route', false),
        seenByHost({ name: 'v6only.test' }, undefined, 'connected'),
      ],
      [seenByCluster(github, synthesized, 'timed-out'), seenByHost(github, 'connected', undefined)],
    ]),
  );
  expect(() => {
    assertEgress(verdict, { ...plan, mode: { requested: 'false', aaaa: false, reason: 'as asked' } });
  }).toThrow(/^checking [^\n]*: github\.com: NAT64 \(fd00:20::200\) answers, but nothing comes back/);
});

test('nothing to verify is said', () => {
  expect(describeVerdict(judgeEgress(input(false, [])))).toMatch('DIND_CHECK_TARGETS=none');
  expect(renderCheckSummary(judgeEgress(input(false, [])))).toEqual([
    { level: 'warning', text: 'egress not verified: DIND_CHECK_TARGETS=none' },
  ]);
});
