import { expect, it } from 'vitest';
import { asProgram, asScript } from '../../src/cli/wording.js';
import { howTo, wordFor } from '../../src/how-to.js';

// Seen to fail with a space for the `--` that npm needs, with settings behind the command, and with a library that names the program.
it.each([
  ['up', '', 'npm run up', 'dind64 up', 'createCluster()'],
  [
    'up',
    'DIND_NUM_WORKERS=0',
    'DIND_NUM_WORKERS=0 npm run up',
    'DIND_NUM_WORKERS=0 dind64 up',
    'createCluster() with DIND_NUM_WORKERS=0',
  ],
  ['aaaa off', '', 'npm run aaaa -- off', 'dind64 aaaa off', 'cluster.setAaaaUse(false)'],
  ['aaaa auto', '', 'npm run aaaa -- auto', 'dind64 aaaa auto', "cluster.setAaaaUse('auto')"],
  [
    'kubectl get nodes',
    '',
    'npm run kubectl -- get nodes',
    'dind64 kubectl get nodes',
    'cluster.kubectl(["get","nodes"])',
  ],
  [
    'attach --kind theirs',
    '',
    'npm run attach -- --kind theirs',
    'dind64 attach --kind theirs',
    "attach({ kind: 'theirs' })",
  ],
  ['load-image', '', 'npm run load-image', 'dind64 load-image', 'cluster.loadImages()'],
  ['doctor', '', 'npm run doctor', 'dind64 doctor', 'doctor()'],
])('%s with `%s`: %s, %s, %s', (invocation, settings, script, program, call) => {
  const say = (): string => howTo(invocation, settings);
  expect([wordFor(asScript, say), wordFor(asProgram, say), say()]).toEqual([script, program, call]);
});

// Seen to fail with one wording for the process.
it('is worded for each of two at once', async () => {
  const say = async (): Promise<string> => {
    await new Promise((resolve) => setImmediate(resolve));
    return howTo('up');
  };
  expect(await Promise.all([wordFor(asScript, say), wordFor(asProgram, say), say()])).toEqual([
    'npm run up',
    'dind64 up',
    'createCluster()',
  ]);
});
