import { expect, it } from 'vitest';
import { checks } from '../../../src/doctor/list.js';
import { evaluateFacts } from '../../../src/doctor/evaluate.js';
import type { DoctorFinding } from '../../../src/results/doctor.js';
import { parts, sampleFacts } from './sample-facts.js';
import { asTyped } from '../../support/wording.js';

const find = (drift: string[]): DoctorFinding | undefined =>
  evaluateFacts(
    checks,
    sampleFacts({
      cluster: {
        ...parts.cluster,
        exists: true,
        attached: { of: 'kind', cluster: 'theirs', network: 'kind', dualStack: false },
        hostRules: [],
        drift,
      },
    }),
  ).findings.find(({ id }) => id === 'host-rules');

// Seen to fail without the look at what is attached: no rule is missing where there are none.
it('names a node of a kind cluster that has lost its way to NAT64, and what gives it back', () => {
  expect(asTyped(() => find(['node theirs-worker has no route to NAT64']))).toMatchObject({
    status: 'failure',
    seen: 'node theirs-worker has no route to NAT64',
    remedy: 'npm run attach -- --kind theirs',
  });
  expect(find([])).toMatchObject({ status: 'ok' });
});
