import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_NUM_WORKERS: '1', DIND_CHECK_TARGETS: 'dual.test,v6only.test' };

/** Scenario 4. Seen to fail with the remedy taken out of the check's judgement. */
describeWithCluster('A host without IPv4', { profile: 'v6only', env, up: false }, (cluster) => {
  it('`false` fails its check, with the remedy', async () => {
    const { exitCode, stderr } = await cluster.dind64(['up'], { ...env, DIND_ALLOW_AAAA_USE: 'false' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/DIND_ALLOW_AAAA_USE=(true|auto)/);
  });

  it.each(['true', 'auto'])('`%s` completes the same cluster, and pods reach IPv6 sites directly', async (mode) => {
    await cluster.succeed(['up'], { ...env, DIND_ALLOW_AAAA_USE: mode });
    await cluster.ensurePods();
    const { stdout } = await cluster.pod(
      'curl -sS --max-time 10 http://v6only.test/source; curl -sS --max-time 10 http://dual.test/source',
    );
    expect(stdout.trim().split('\n')).toEqual([cluster.lab.hostAddresses.ipv6, cluster.lab.hostAddresses.ipv6]);
  });

  it('an IPv4-only site fails, and does not hang', async () => {
    const { exitCode } = await cluster.pod('curl -sS --max-time 20 http://v4only.test/');
    expect([7, 28]).toContain(exitCode);
  });
});
