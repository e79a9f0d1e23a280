// Seen to fail: every row, with `failure`, `warning` and `unknown` that answer ok, or with an `ok` that answers failure.
import { expect, test } from 'vitest';
import type { CheckedHost } from '../../../../src/hosts/checks/check.js';
import { hostChecks } from '../../../../src/hosts/checks/list.js';
import type { DoctorFinding } from '../../../../src/results/doctor.js';
import { checkedHost, config, reading } from '../sample-reading.js';

const { system } = reading;
const first = (changes: Parameters<typeof checkedHost>[1] = {}): CheckedHost => checkedHost('first', changes);
const second = (changes: Parameters<typeof checkedHost>[1] = {}): CheckedHost => checkedHost('second', changes);
const withTools = (tools: Record<string, string>): CheckedHost =>
  second({ system: { tools: { ...system.tools, ...tools } } });
const without = (tool: string): CheckedHost =>
  second({ system: { tools: Object.fromEntries(Object.entries(system.tools).filter(([name]) => name !== tool)) } });
const using = (changes: Partial<typeof config>, about = first()): CheckedHost => ({
  ...about,
  config: { ...config, ...changes },
});

const rows: readonly [string, string, DoctorFinding['status'], RegExp, CheckedHost][] = [
  ['no containerd', 'containerd', 'failure', /not installed/, without('containerd')],
  [
    'a containerd that is off',
    'containerd',
    'failure',
    /sock is not there/,
    first({ system: { containerd: { listens: false, servesKubelet: true } } }),
  ],
  [
    "Docker's configuration of containerd",
    'containerd',
    'failure',
    /disabled_plugins/,
    first({ system: { containerd: { listens: true, servesKubelet: false } } }),
  ],
  [
    'containerd 1 with a newer kubelet',
    'containerd',
    'failure',
    /^1\.7\.24: kubelet 1\.37\.2/,
    withTools({ containerd: '1.7.24' }),
  ],
  [
    'containerd 1 with an older kubelet',
    'containerd',
    'ok',
    /^1\.7\.24$/,
    withTools({ containerd: '1.7.24', kubelet: '1.35.9' }),
  ],
  ['no kubelet', 'kubernetes', 'failure', /^no kubelet$/, without('kubelet')],
  [
    'a kubeadm that is too old',
    'kubernetes',
    'failure',
    /1\.30\.1: 1\.31 or newer/,
    withTools({ kubeadm: '1.30.1', kubelet: '1.30.1' }),
  ],
  [
    'a kubelet newer than kubeadm',
    'kubernetes',
    'failure',
    /kubelet 1\.38\.0 does not go with/,
    withTools({ kubelet: '1.38.0' }),
  ],
  [
    'a kubelet much older than kubeadm',
    'kubernetes',
    'failure',
    /kubelet 1\.33\.0 does not go with/,
    withTools({ kubelet: '1.33.0' }),
  ],
  [
    'another kubeadm than the control plane has',
    'kubernetes',
    'failure',
    /of the control plane is 1\.37\.2/,
    withTools({ kubeadm: '1.36.0', kubelet: '1.36.0' }),
  ],
  [
    'a version that kubeadm does not know',
    'kubernetes',
    'failure',
    /asks for v1\.38\.0/,
    using({ kubernetesVersion: 'v1.38.0' }),
  ],
  ['the version before', 'kubernetes', 'ok', /kubeadm 1\.37\.2/, using({ kubernetesVersion: 'v1.36.4' })],
  ['no conntrack on a node', 'tools', 'failure', /^no conntrack$/, without('conntrack')],
  [
    'a missing CNI plugin',
    'cni-plugins',
    'failure',
    /no portmap/,
    first({ system: { cniPlugins: ['bridge', 'host-local', 'loopback'] } }),
  ],
  [
    'another CNI ahead of ours',
    'cni-plugins',
    'failure',
    /05-cilium\.conflist comes before/,
    first({ system: { cniConfigs: ['05-cilium.conflist'] } }),
  ],
  [
    'another CNI behind ours',
    'cni-plugins',
    'ok',
    /bridge/,
    first({ system: { cniConfigs: ['87-podman-bridge.conflist'] } }),
  ],
  [
    'a node of another cluster',
    'no-node',
    'failure',
    /kubelet\.conf: the host is a node/,
    first({ system: { nodeFiles: ['/etc/kubernetes/kubelet.conf'] } }),
  ],
];

test.each(rows)('%s', (_what, id, status, seen, about) => {
  const outcome = hostChecks.find((check) => check.id === id)?.judge(about);
  expect(outcome?.status).toBe(status);
  expect(outcome?.seen).toMatch(seen);
});
