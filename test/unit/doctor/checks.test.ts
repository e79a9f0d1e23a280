// Not broken row by row: all rows were seen to fail with `warning` and `failure` that answer ok.
import { describe, expect, test } from 'vitest';
import { checks } from '../../../src/doctor/list.js';
import { evaluateFacts } from '../../../src/doctor/evaluate.js';
import type { DoctorFacts, DoctorParts } from '../../../src/doctor/facts.js';
import { DindError } from '../../../src/errors.js';
import type { DoctorFinding } from '../../../src/results/doctor.js';
import type { ClusterStatus } from '../../../src/results/status.js';
import { sampleSettings } from '../../support/sample-plan.js';
import { seenByHost } from '../checks/reports.js';
import { parts, sampleFacts } from './sample-facts.js';
import { asTyped } from '../../support/wording.js';

const { engine, host, machine, cluster } = parts;
const findings = (facts: DoctorFacts): Record<string, DoctorFinding> =>
  Object.fromEntries(evaluateFacts(checks, facts).findings.map((finding) => [finding.id, finding]));

test('nothing is wrong with an ordinary host', () => {
  const { counts, findings: all } = evaluateFacts(checks, sampleFacts());
  expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(counts).toEqual({ ok: checks.length, warning: 0, failure: 0, unknown: 0 });
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(checks.length).toBeGreaterThanOrEqual(18);
});

const withMachine = (changes: Partial<DoctorParts['machine']>) => sampleFacts({ machine: { ...machine, ...changes } });
const withHost = (changes: Partial<DoctorParts['host']>) => sampleFacts({ host: { ...host, ...changes } });
const withCluster = (changes: Partial<ClusterStatus>) =>
  sampleFacts({ cluster: { ...cluster, exists: true, mode: { aaaa: true, reason: 'asked' }, ...changes } });
const volume = (name: string, labels: Record<string, string>) => ({ name, labels, createdAt: '', mountpoint: '' });
const resolver = (aaaa: string[]) => [
  {
    server: '192.0.2.53',
    a: { rcode: 'NOERROR', addresses: ['192.0.0.170'] },
    aaaa: { rcode: 'NOERROR', addresses: aaaa },
  },
];

const rows: readonly [string, string, DoctorFinding['status'], RegExp, DoctorFacts][] = [
  ['a clock that is two minutes behind', 'clock', 'failure', /120 s behind/, withMachine({ clockAheadMs: -120_000 })],
  ['a clock that is ten seconds ahead', 'clock', 'warning', /10 s ahead/, withMachine({ clockAheadMs: 10_000 })],
  [
    'few files',
    'open-files',
    'warning',
    /1024 files at most/,
    withMachine({ openFiles: { used: 10, most: 1e9, hardLimit: 1024 } }),
  ],
  [
    'nearly all files open',
    'open-files',
    'warning',
    /95 of 100/,
    withMachine({ openFiles: { used: 95, most: 100, hardLimit: 1e6 } }),
  ],
  [
    'no memory controller',
    'cgroups',
    'failure',
    /without memory/,
    withMachine({ cgroupControllers: ['cpu', 'cpuset', 'pids'] }),
  ],
  [
    'no tun',
    'kernel',
    'failure',
    /tun: nothing there/,
    sampleFacts({ kernel: [{ feature: 'tun', problem: 'nothing there' }] }),
  ],
  [
    'no BPF for devices',
    'kernel',
    'failure',
    /BPF programs for cgroup devices/,
    withMachine({ bpf: ['tc_cls_act_verifier_ops'] }),
  ],
  ['one CPU', 'cpus', 'warning', /one CPU/, sampleFacts({ engine: { ...engine, info: { ...engine.info, cpus: 1 } } })],
  [
    'little memory',
    'memory',
    'warning',
    /0\.5 GB of memory/,
    withMachine({ memory: { totalBytes: 2 ** 29, availableBytes: 2 ** 28 } }),
  ],
  [
    'little memory left',
    'memory',
    'warning',
    /available now/,
    withMachine({ memory: { totalBytes: 2 ** 34, availableBytes: 2 ** 28 } }),
  ],
  ['no capability', 'security', 'warning', /CAP_SYS_RESOURCE/, withHost({ capSysResource: false })],
  ['a port that is taken', 'api-port', 'failure', /6443 is taken/, withHost({ takenPorts: [6443] })],
  [
    'forwarding on before accept_ra is 2',
    'ipv6-route',
    'warning',
    /will not renew/,
    withHost({ sysctls: { ...host.sysctls, ipv6Forwarding: true, acceptRa: { up0: 1 } } }),
  ],
  ['an old kubectl', 'kubectl', 'warning', /5 minor versions/, sampleFacts({ kubectl: { version: 'v1.32.4' } })],
  [
    'a resolver with DNS64',
    'dns64-upstream',
    'warning',
    /64:ff9b::c000:aa/,
    withMachine({ resolvers: resolver(['64:ff9b::c000:aa']) }),
  ],
  [
    'a proxy on loopback',
    'proxy',
    'warning',
    /loopback/,
    sampleFacts({}, { proxy: { HTTPS_PROXY: 'http://127.0.0.1:3128' } }),
  ],
  [
    'a proxy by its IPv4 address',
    'proxy',
    'warning',
    /IPv4 address \(192\.0\.2\.7\)/,
    sampleFacts({}, { proxy: { http_proxy: 'me:secret@192.0.2.7:3128' } }),
  ],
  [
    'an IPv6 proxy without brackets',
    'proxy',
    'failure',
    /brackets/,
    sampleFacts({}, { proxy: { HTTP_PROXY: 'http://2001:db8::7:3128' } }),
  ],
  [
    'two proxies',
    'proxy',
    'warning',
    /differ/,
    sampleFacts({}, { proxy: { HTTP_PROXY: 'http://a:1', http_proxy: 'http://b:1' } }),
  ],
  [
    'IPv6 that goes nowhere, wanted',
    'ipv6-egress',
    'failure',
    /reached none/,
    sampleFacts({ egress: [seenByHost({ name: 'dual.test' }, 'connected', 'timed-out')] }),
  ],
  [
    'IPv6 that goes nowhere, not wanted',
    'ipv6-egress',
    'warning',
    /reached none/,
    sampleFacts(
      { egress: [seenByHost({ name: 'dual.test' }, 'connected', 'timed-out')] },
      { settings: { ...sampleSettings, allowAaaaUse: 'false' } },
    ),
  ],
  [
    'a node that is not Ready',
    'nodes',
    'failure',
    /n is running and not Ready/,
    withCluster({ nodes: [{ name: 'n', role: 'worker', address: 'fd00::2', health: 'running', ready: false }] }),
  ],
  [
    'an API that does not answer',
    'nodes',
    'failure',
    /the API does not answer/,
    withCluster({ nodes: [{ name: 'n', role: 'worker', address: 'fd00::2', health: 'running' }] }),
  ],
  [
    'a paused cluster',
    'nodes',
    'warning',
    /n is paused/,
    withCluster({ nodes: [{ name: 'n', role: 'worker', address: 'fd00::2', health: 'paused' }] }),
  ],
  [
    'a helper that is ill',
    'helpers',
    'failure',
    /d is running: no upstream/,
    withCluster({
      helpers: [{ name: 'd', role: 'dns64', address: 'fd00::1', health: 'running', detail: 'no upstream' }],
    }),
  ],
  [
    'a rule that is missing',
    'host-rules',
    'failure',
    /forwarding X/,
    withCluster({ hostRules: [{ name: 'forwarding X', present: false }] }),
  ],
  [
    'a kernel without policy routing',
    'kernel',
    'failure',
    /^policy routing: RTNETLINK answers: Operation not supported$/,
    sampleFacts({ kernel: [{ feature: 'policy-routing', problem: 'RTNETLINK answers: Operation not supported' }] }),
  ],
  [
    'a guard that does not run',
    'host-rules',
    'failure',
    /^g, which keeps them, is stopped: exit code 1$/,
    withCluster({ guard: { name: 'g', health: 'stopped', detail: 'exit code 1' } }),
  ],
  [
    'a guard that had to mend something',
    'host-rules',
    'ok',
    /last mended yesterday$/,
    withCluster({ guard: { name: 'g', health: 'running', mended: 'yesterday' } }),
  ],
  [
    'an uplink that changed',
    'changed',
    'warning',
    /carries 1400/,
    withCluster({ remarks: ['an uplink carries 1400'] }),
  ],
  [
    'chains of a cluster that is gone',
    'leftovers',
    'warning',
    /DIND64-FWD-gone/,
    withMachine({ ownChains: ['DIND64-FWD-gone'] }),
  ],
  [
    'a record of a host change without a cluster',
    'leftovers',
    'warning',
    /dind64-host-ipv6-forwarding/,
    sampleFacts({
      engine: { ...engine, volumes: [volume('dind64-host-ipv6-forwarding', { 'dev.dind64.host-change': '{}' })] },
    }),
  ],
  [
    'half a cluster',
    'leftovers',
    'warning',
    /without a node network: half/,
    sampleFacts({ engine: { ...engine, volumes: [volume('half-dns64', { 'dev.dind64.cluster': 'half' })] } }),
  ],
];

test.each(rows)('%s', (_, id, status, seen, facts) => {
  const found = findings(facts);
  expect(found[id]).toMatchObject({ status, seen: expect.stringMatching(seen) });
  if (status !== 'ok') expect(found[id]?.remedy ?? '').not.toBe('');
});

test('no remedy or sight shows a password', () => {
  expect(
    JSON.stringify(
      findings(
        sampleFacts({}, { proxy: { http_proxy: 'http://me:secret@127.0.0.1:3128', HTTP_PROXY: 'me:secret@[::1]' } }),
      ),
    ),
  ).not.toContain('secret');
});

describe('no engine', () => {
  const gone = { unknown: 'nobody listens there' };
  const facts = { ...sampleFacts(), engine: gone, kernel: gone, images: gone, cluster: gone };

  test('is a failure with the remedy of the connection, and only what needs it is unknown', () => {
    const problem = new DindError({
      code: 'engine-stopped',
      source: 'environment',
      doing: 'connecting',
      observed: gone.unknown,
      hint: 'start it',
    });
    const found = findings({ ...facts, engineProblem: problem });
    expect(found['engine']).toMatchObject({ status: 'failure', remedy: 'start it' });
    expect(
      Object.values(found)
        .filter(({ status }) => status === 'unknown')
        .map(({ id }) => id),
    ).toEqual([
      'engine-ipv6',
      'names',
      'leftovers',
      'firewall',
      'kernel',
      'security',
      'cpus',
      'images',
      'nodes',
      'helpers',
      'host-rules',
      'changed',
    ]);
  });

  test('is a warning where `up` starts one', () => {
    expect(asTyped(() => findings({ ...facts, mayEmbed: true }))['engine']).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('npm run up'),
    });
  });
});
