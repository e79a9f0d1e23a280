import type { VerifyCell, VerifyResult } from '../../src/results/verify.js';

const cell = (
  source: string,
  target: string,
  protocol: VerifyCell['protocol'],
  more: Partial<VerifyCell> = {},
): VerifyCell => ({
  source,
  target,
  protocol,
  expected: { result: 'reached', path: 'nat64', reason: 'it has IPv4 addresses only' },
  verdict: 'ok',
  observed: 'connected',
  path: 'nat64',
  address: 'fd00:10:64:ff9b::c633:640a',
  ms: 4,
  ...more,
});

/** A matrix of every verdict, with names that a page must not take for markup. */
export const sampleVerify: VerifyResult = {
  cluster: 'kubeadm-dind',
  mode: { aaaa: true, reason: 'DIND_ALLOW_AAAA_USE=true' },
  startedAt: '2026-11-23T20:00:00.123Z',
  durationMs: 9123,
  outcome: 'wrong',
  findings: [
    {
      hop: 'host-rules',
      text: 'rules on the engine host are <missing>: masquerade "DIND64-NAT-kubeadm-dind"',
      severity: 'wrong',
      cells: 2,
      remedy: '`npm run up` puts rules right',
    },
    { hop: 'container', text: 'NAT64 is dead', severity: 'wrong', cells: 0 },
  ],
  sources: [
    {
      id: 'pod-worker-1',
      kind: 'pod',
      name: 'pod on kubeadm-dind-worker-1',
      node: 'kubeadm-dind-worker-1',
      address: 'fd00:40::3:0:0:2',
    },
    {
      id: 'pod-worker-2',
      kind: 'pod',
      name: 'pod on kubeadm-dind-worker-2',
      node: 'kubeadm-dind-worker-2',
      problem: 'no pod runs there',
    },
    { id: 'host', kind: 'host', name: 'engine host' },
  ],
  targets: [
    { id: 'site-0', kind: 'ipv4-site', name: 'v4only.test', detail: 'IPv4 only' },
    {
      id: 'site-1',
      kind: 'dual-site',
      name: 'a-very-long-name-of-a-site-that-somebody-has-in-a-company.internal.example.com:8443',
      detail: 'IPv4 and IPv6',
    },
  ],
  cells: [
    ...(['dns', 'icmp', 'tcp', 'udp', 'http', 'https', 'icmp-1400'] as const).map((protocol) =>
      cell('pod-worker-1', 'site-0', protocol, protocol === 'http' ? { port: 80, sourceSeen: '203.0.113.2' } : {}),
    ),
    cell('pod-worker-1', 'site-0', 'icmp-8000', {
      verdict: 'unverified',
      observed: 'timed out',
      expected: { result: 'unknown', path: 'nat64', reason: 'pings in fragments are not translated' },
    }),
    cell('pod-worker-1', 'site-1', 'tcp', {
      verdict: 'wrong',
      observed: 'timed out',
      failure: 'timed-out',
      port: 8443,
      hop: 'host-rules',
      explanation: 'rules on the engine host are <missing>',
      path: 'direct',
      address: '2001:db8:100::11',
      expected: { result: 'reached', path: 'direct', reason: 'AAAA use is on' },
    }),
    cell('pod-worker-1', 'site-1', 'icmp', { verdict: 'untried', observed: 'the tool for it is missing there' }),
    cell('host', 'site-0', 'tcp', {
      expected: { result: 'unknown', path: 'host', reason: 'the measure' },
      path: 'host',
      address: '198.51.100.10',
    }),
  ],
};
