import { expect, it } from 'vitest';
import { limitLabVolumes } from '../lab/engine.js';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };

/** The engine's disk is full. Seen to fail with a `waitInNode` that takes a node that went down for one that is late ("not so after 300 s", after two). */
describeWithCluster('No space is left in the engine', { profile: 'dual', env, up: false }, (cluster) => {
  it.each([
    ['4m', 'a node has no room for its files'],
    ['80m', 'etcd has no room for its data'],
  ])('%s: %s: says so with the remedy', async (size) => {
    await limitLabVolumes(cluster.lab.instance, size);
    const { exitCode, stderr } = await cluster.dind64(['up'], { ...env, DIND_TIMEOUT: '60s' });
    expect(exitCode).not.toBe(0);
    // Whoever writes first is named: a helper's files, the node's, or etcd.
    expect(stderr).toMatch(/^error: .*\((kubeadm-dind-control-plane|unix:.*docker\.sock)\)$/m);
    expect(stderr).toMatch(/no space left on device/i);
    expect(stderr).toMatch(/hint: [^]*`docker system df` shows what uses it/);
  });

  it('space is found: up completes what the failed ones left', async () => {
    await limitLabVolumes(cluster.lab.instance, '4g');
    await cluster.succeed(['up'], env);
  });
});
