import { expect, test } from 'vitest';
import { describeUplinkChanges } from '../../../src/host/uplink-remarks.js';
import { samplePlan } from '../../support/sample-plan.js';
import type { HostFacts } from '../../../src/plan/types.js';

const facts = (mtu: number, families: (4 | 6)[]): Pick<HostFacts, 'links' | 'routes'> => ({
  links: [{ name: 'eth0', mtu, up: true, addresses: [] }],
  routes: families.map((family) => ({
    family,
    destination: 'default',
    device: 'eth0',
    protocol: 'static',
    metric: 1024,
    table: 'main',
  })),
});
const plan = (aaaa: boolean): ReturnType<typeof samplePlan> => ({
  ...samplePlan({ mtu: 1500 }),
  mode: { requested: 'auto', aaaa, reason: 'a test' },
});

test('nothing is said of uplinks that are as they were', () => {
  expect(describeUplinkChanges(plan(true), facts(1500, [4, 6]))).toEqual([]);
  expect(describeUplinkChanges(plan(true), facts(9000, [4, 6]))).toEqual([]);
  expect(describeUplinkChanges(plan(false), facts(1500, [4]))).toEqual([]);
});

test('a lost IPv6 default route matters while AAAA is used, a smaller MTU always', () => {
  expect(describeUplinkChanges(plan(true), facts(1500, [4]))).toEqual([
    expect.stringContaining('no IPv6 default route'),
  ]);
  expect(describeUplinkChanges(plan(false), facts(1400, [4]))).toEqual([
    expect.stringContaining('carries 1400 bytes now'),
  ]);
});
