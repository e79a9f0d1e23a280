import { expect, it } from 'vitest';
import { createPlan } from '../../../src/plan/create-plan.js';
import { clusterRecord } from '../../../src/plan/record.js';
import { sampleInputs, samplePlan, sampleRecord } from '../../support/sample-plan.js';

it('comes back from its file as it was, and so does the plan', () => {
  const read = clusterRecord.parse(JSON.parse(JSON.stringify(sampleRecord)));
  expect(read).toEqual(JSON.parse(JSON.stringify(sampleRecord)));
  expect(createPlan(read)).toEqual(samplePlan());
});

it('an older dind64 wrote more facts: they are passed over', () => {
  const older = { ...sampleRecord, facts: { ...sampleRecord.facts, rulesBackend: 'nft' } };
  expect(clusterRecord.parse(older)).toEqual(sampleRecord);
});

it.each([
  ['a CIDR', { addressing: { ...sampleInputs.addressing, podCidr: 'fd00:40::1/72' } }],
  ['an address', { settings: { ...sampleInputs.settings, snatAddress: 'here' } }],
  ['a mode', { mode: { requested: 'yes', aaaa: true, reason: '' } }],
])('is refused where %s is none', (_, change) => {
  expect(clusterRecord.safeParse({ ...sampleRecord, ...change }).success).toBe(false);
});
