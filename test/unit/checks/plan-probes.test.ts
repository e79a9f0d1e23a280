import { expect, test } from 'vitest';
import { planClusterProbes, planHostProbes, readParts, readTargets } from '../../../src/checks/plan-probes.js';
import { isLastLine, readProbeLine } from '../../../src/checks/read-results.js';
import { parseIpv4Address, parseIpv6Address } from '../../../src/net/address.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { renderProbeArguments } from '../../../src/render/check-probe.js';
import { prefix } from './reports.js';

const plan = {
  clusterDns: parseIpv6Address('fd00:30::a'),
  dns64: { address: parseIpv6Address('fd00:20::100') },
  nat64: { prefix },
} as unknown as Pick<ClusterPlan, 'clusterDns' | 'dns64' | 'nat64'>;
const targets = [{ name: 'github.com' }, { name: 'git.example', port: 22 }];

test('what a pod is asked to probe', () => {
  expect(renderProbeArguments(planClusterProbes(plan, targets, 'pod'), 2500)).toEqual([
    '2.5',
    'dns cluster-dns - kubernetes.default.svc.cluster.local AAAA',
    'dns dns64 fd00:20::100 ipv4only.arpa AAAA',
    'udp nat64 fd00:10:64:ff9b::7f00:1 9',
    'target target-0 github.com 443,80 6 fd00:20::100',
    'target target-1 git.example 22 6 fd00:20::100',
  ]);
});

// Seen to fail with the question for AAAA, which a dual-stack cluster that has IPv4 first answers with nothing.
test('in a dual-stack cluster its own names are asked for by the family that it has first', () => {
  const dual = { ...plan, clusterDns: parseIpv4Address('10.96.0.10') };
  expect(renderProbeArguments(planClusterProbes(dual, [], 'pod'), 2500)[1]).toBe(
    'dns cluster-dns - kubernetes.default.svc.cluster.local A',
  );
});

test('a node has no cluster DNS; the engine host is asked for both families', () => {
  expect(renderProbeArguments(planClusterProbes(plan, [], 'node'), 2000).slice(1)).toEqual([
    'dns dns64 fd00:20::100 ipv4only.arpa AAAA',
    'udp nat64 fd00:10:64:ff9b::7f00:1 9',
  ]);
  expect(renderProbeArguments(planHostProbes(targets), 2000)).toEqual([
    '2',
    'target target-0 github.com 443,80 46 -',
    'target target-1 git.example 22 46 -',
  ]);
});

test.each(['a b', '$(id)', "x'y", 'ü.test', ''])('a name that is none never gets to a shell: %j', (name) => {
  expect(() => renderProbeArguments(planHostProbes([{ name }]), 2000)).toThrow(RangeError);
});

test('results find their target again', () => {
  const lines = [
    '{"probe":"dns","id":"target-1","server":"fd00:30::a","name":"git.example","type":"AAAA","answer":"SERVFAIL","addresses":[],"ms":3}',
    '{"probe":"dns","id":"target-1","server":"fd00:20::100","name":"git.example","type":"AAAA","answer":"NOERROR","addresses":["2001:0db8:0000:0000:0000:0000:0000:0001"],"ms":3}',
    '{"probe":"dns","id":"target-1","server":"fd00:30::a","name":"git.example","type":"A","answer":"NOERROR","addresses":["192.0.2.1"],"ms":3}',
    '{"probe":"tcp","id":"target-1","address":"192.0.2.1","port":22,"outcome":"refused","detail":"Connection refused","ms":3}',
    '{"probe":"udp","id":"nat64","address":"fd00:10:64:ff9b::7f00:1","port":9,"outcome":"prohibited","detail":"","ms":3}',
    'bash: warning: setlocale',
    '{"probe":"end"}',
  ];
  const results = lines.map(readProbeLine).filter((result) => result !== undefined);
  expect(lines.filter(isLastLine)).toHaveLength(1);
  const [first, second] = readTargets(results, targets);
  expect(first).toMatchObject({ target: targets[0], a: undefined, aaaa: undefined, ipv4: [], ipv6: [] });
  expect(second).toMatchObject({
    aaaa: { answer: 'SERVFAIL' },
    aaaaDirect: { addresses: ['2001:db8::1'] },
    a: { addresses: ['192.0.2.1'] },
    ipv4: [{ outcome: 'refused' }],
    ipv6: [],
  });
  expect(readParts(results)).toMatchObject({
    clusterDns: undefined,
    dns64: undefined,
    nat64: { outcome: 'prohibited' },
  });
});
