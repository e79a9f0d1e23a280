// Seen to fail: every row, with `failure`, `warning` and `unknown` that answer ok, or with an `ok` that answers failure.
import { expect, test } from 'vitest';
import type { CheckedHost } from '../../../../src/hosts/checks/check.js';
import { hostChecks } from '../../../../src/hosts/checks/list.js';
import type { DoctorFinding } from '../../../../src/results/doctor.js';
import { checkedHost } from '../sample-reading.js';

const first = (changes: Parameters<typeof checkedHost>[1] = {}): CheckedHost => checkedHost('first', changes);
const second = (changes: Parameters<typeof checkedHost>[1] = {}): CheckedHost => checkedHost('second', changes);

const rows: readonly [string, string, DoctorFinding['status'], RegExp, CheckedHost][] = [
  ['a user without rights', 'rights', 'failure', /neither root nor sudo/, first({ system: { rights: 'none' } })],
  ['a user with sudo', 'rights', 'ok', /root by sudo/, first({ system: { rights: 'sudo' } })],
  [
    'another system',
    'os',
    'warning',
    /^Alpine/,
    first({ system: { os: { id: 'alpine 3.23', name: 'Alpine Linux' } } }),
  ],
  ['an old kernel', 'kernel', 'failure', /5\.10\.0-30.*5\.13/, first({ system: { kernel: '5.10.0-30-amd64' } })],
  ['cgroup v1', 'cgroups', 'failure', /^v1/, first({ machine: { cgroupVersion: '1' } })],
  [
    'no memory controller',
    'cgroups',
    'failure',
    /without memory/,
    first({ machine: { cgroupControllers: ['cpu', 'cpuset', 'pids'] } }),
  ],
  [
    'a control plane of one CPU',
    'capacity',
    'failure',
    /^1 CPU, 4096 MiB.*kubeadm wants 2/,
    first({ system: { cpus: 1 } }),
  ],
  ['a worker of one CPU', 'capacity', 'warning', /^1 CPU, .*little for a node/, second({ system: { cpus: 1 } })],
  ['memory that cannot be read', 'capacity', 'unknown', /memory/, first({ machine: { memory: undefined } })],
  ['swap', 'swap', 'failure', /^\/dev\/sda2: the kubelet/, first({ system: { swaps: ['/dev/sda2'] } })],
  [
    'a clock two minutes behind',
    'clock',
    'failure',
    /120 s behind this machine/,
    first({ machine: { clockAheadMs: -120_000 } }),
  ],
  ['a clock ten seconds ahead', 'clock', 'warning', /10 s ahead of/, first({ machine: { clockAheadMs: 10_000 } })],
  ['no clock', 'clock', 'unknown', /could not be read/, first({ machine: { clockAheadMs: undefined } })],
];

test.each(rows)('%s', (_what, id, status, seen, about) => {
  const outcome = hostChecks.find((check) => check.id === id)?.judge(about);
  expect(outcome?.status).toBe(status);
  expect(outcome?.seen).toMatch(seen);
});
