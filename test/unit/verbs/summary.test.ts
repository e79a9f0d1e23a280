import { expect, it } from 'vitest';
import { summarizeUp } from '../../../src/verbs/summary.js';
import { samplePlan } from '../../support/sample-plan.js';

it.each([
  ['unix:///var/run/docker.sock', undefined],
  ['tcp://127.0.0.1:2375', undefined],
  ['tcp://[::1]:2375', undefined],
  ['tcp://far.example:2376', ' far.example '],
  ['ssh://me@far.example', ' me@far.example '],
  ['ssh://me@far.example:2222', ' -p 2222 me@far.example '],
])('an engine at %s', (endpoint, way) => {
  const plan = samplePlan();
  const tunnel = summarizeUp(plan, endpoint).find((line) => line.includes('ssh -N'));
  if (way === undefined) expect(tunnel).toBeUndefined();
  else expect(tunnel).toContain(`ssh -N -L ${plan.api.port}:127.0.0.1:${plan.api.port}${way}`);
});
