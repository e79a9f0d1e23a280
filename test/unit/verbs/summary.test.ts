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
])('the API of an engine at %s does not answer from here', (unreachableFrom, way) => {
  const plan = samplePlan();
  const lines = summarizeUp(plan, { unreachableFrom });
  const tunnel = lines.find((line) => line.includes('ssh -N'));
  if (way === undefined) expect(tunnel).toBeUndefined();
  else expect(tunnel).toContain(`ssh -N -L ${plan.api.port}:127.0.0.1:${plan.api.port}${way}`);
  expect(lines.join('\n')).toContain('docker network connect kubeadm-dind-net <this container>');
});

it('where the API answers, nothing is said of that', () => {
  expect(summarizeUp(samplePlan()).join('\n')).not.toMatch(/does not answer|ssh -N|network connect/);
});
