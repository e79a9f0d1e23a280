import { mkdtemp, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { watchResources } from '../support/resources.js';

const env = { DIND_ALLOW_AAAA_USE: 'true' };

/** What dind64's own process takes; test/hard/large-cluster.test.ts has a first `up`, of seven nodes. Seen to fail with an `up` that holds a buffer of 200 MB. */
describeWithCluster('dind64 is a light program', { profile: 'dual', env }, (cluster) => {
  it.each([[['up']], [['status']], [['aaaa', 'on']], [['kubectl', 'get', 'nodes']]])(
    '%j: memory, open handles, temporary files',
    async (argv) => {
      const temporary = await mkdtemp(`${cluster.lab.directory}/tmp-`);
      const { exitCode, peakMb, lingeredMs } = await watchResources(cluster.start(argv, { ...env, TMPDIR: temporary }));
      expect(exitCode).toBe(0);
      expect(peakMb).toBeGreaterThan(20);
      expect(peakMb).toBeLessThan(150);
      // Within a second bin/dind64.mjs ends what something keeps open; only `up` says when it is done.
      if (argv[0] === 'up') expect(lingeredMs).toBeLessThan(900);
      expect(await readdir(temporary)).toEqual([]);
    },
  );
});
