import { expect, test } from 'vitest';
import { renderStatus } from '../../../src/cli/render-status.js';
import type { ClusterStatus } from '../../../src/results/status.js';
import { asTyped } from '../../support/wording.js';

const status: ClusterStatus = {
  cluster: 'kubeadm-dind',
  exists: true,
  engine: { endpoint: 'unix:///var/run/docker.sock', version: '28.5.2' },
  mode: { aaaa: true, reason: 'DIND_ALLOW_AAAA_USE=true' },
  nodes: [
    {
      name: 'kubeadm-dind-control-plane',
      role: 'control-plane',
      address: 'fd00:20::2',
      health: 'running',
      ready: true,
    },
    { name: 'kubeadm-dind-worker-1', role: 'worker', address: 'fd00:20::3', health: 'stopped', ready: undefined },
  ],
  helpers: [
    {
      name: 'kubeadm-dind-dns64',
      role: 'dns64',
      address: 'fd00:20::100',
      health: 'running',
      detail: 'no upstream answers',
    },
  ],
  nat64: { wanted: 'auto', engine: 'ebpf', reason: 'the kernel takes it', tracked: 12, packets: { out: 5, in: 4 } },
  hostRules: [
    { name: 'forward', present: true },
    { name: 'masquerade', present: false },
  ],
  guard: { name: 'kubeadm-dind-host', health: 'running', mended: '2026-11-30T12:00:00Z table X' },
  kubeconfigContext: 'dind64-kubeadm-dind',
  drift: ['container kubeadm-dind-nat64 is not there'],
  remarks: ['the host’s resolvers have changed: npm run up renews them'],
};

test('a cluster', () => {
  expect(asTyped(() => renderStatus(status))).toMatchInlineSnapshot(`
    "kubeadm-dind: AAAA use is on (DIND_ALLOW_AAAA_USE=true)
    engine: Docker 28.5.2 at unix:///var/run/docker.sock
    context: dind64-kubeadm-dind
    NAT64: ebpf (the kernel takes it)

    NAME                        ROLE           ADDRESS       STATE
    kubeadm-dind-control-plane  control-plane  fd00:20::2    Ready
    kubeadm-dind-worker-1       worker         fd00:20::3    stopped
    kubeadm-dind-dns64          dns64          fd00:20::100  running: no upstream answers

    HOST RULE   STATE
    forward     present
    masquerade  missing
    kept by kubeadm-dind-host: running; last mended 2026-11-30T12:00:00Z table X

    not as recorded: container kubeadm-dind-nat64 is not there (npm run up)

    the host’s resolvers have changed: npm run up renews them
    "
  `);
});

test('none', () => {
  expect(asTyped(() => renderStatus({ ...status, exists: false }))).toBe(
    'kubeadm-dind: there is no such cluster (npm run up)\nengine: Docker 28.5.2 at unix:///var/run/docker.sock\n',
  );
});
