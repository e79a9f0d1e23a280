import { mkdtemp, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { readHostState } from '../support/host-state.js';
import { watchResources } from '../support/resources.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '6' };

/** Seven nodes on one machine, made by a process that stays small. */
describeWithCluster('A cluster of seven nodes', { profile: 'dual', env, up: false }, (cluster) => {
  it('up, with less than 150 MB, nothing left open and no temporary file; clean leaves nothing', async () => {
    const kubeconfig = `${cluster.lab.directory}/home/.kube/config`;
    const before = await readHostState(cluster.lab, kubeconfig);
    const temporary = await mkdtemp(`${cluster.lab.directory}/tmp-`);
    const command = cluster.start(['up'], { ...env, DIND_TIMEOUT: '15m', TMPDIR: temporary });
    const { exitCode, stderr, peakMb, lingeredMs } = await watchResources(command);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    console.log(`${peakMb} MB, ended ${lingeredMs} ms after its last word`);
    expect(peakMb).toBeLessThan(150);
    expect(lingeredMs).toBeLessThan(900);
    expect(await readdir(temporary)).toEqual([]);
    expect(
      (
        await cluster.kubectl([
          'get',
          'nodes',
          '-o',
          'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
        ])
      ).split(' '),
    ).toEqual(Array(7).fill('True'));
    await cluster.succeed(['clean']);
    expect(await readHostState(cluster.lab, kubeconfig)).toEqual(before);
  });
});
