import { execa } from 'execa';
import { expect, it } from 'vitest';
import { findObstacle, isRequired } from '../../support/lab.js';

/** Seen to fail without the watch: `waits` in both places. */
it.skipIf(findObstacle() !== undefined && !isRequired('integration'))(
  'a request over a link that is quiet goes on, over one that is gone it ends',
  async () => {
    const script = 'test/integration/engine/support/silent-link.ts';
    const { stdout } = await execa('unshare', ['--net', process.execPath, '--import', 'tsx', script]);
    expect(JSON.parse(stdout)).toEqual({
      quiet: 'waits',
      cut: {
        code: 'ETIMEDOUT',
        message: expect.stringMatching(/^nothing came back from 127\.0\.0\.1 port \d+ for 0\.9 s$/),
      },
    });
  },
);
