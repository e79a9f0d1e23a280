import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunnerTask } from 'vitest';
import { readBuiltVersions } from '../../scripts/results/built-versions.js';
import { writeMatrixRow } from '../../scripts/results/kubernetes-versions.js';
import { updateResults } from '../../scripts/results/update.js';
import { describeWithCluster } from '../support/cluster.js';
import { testAaaaOff } from '../support/scenarios/aaaa-off.js';
import { testAaaaOn } from '../support/scenarios/aaaa-on.js';

/** The e2e scenarios of both modes on every Kubernetes minor that dind64 builds. Each minor writes its row of docs/results and of docs/node-images.md. Not run to its end yet. */
for (const [minor, built] of Object.entries(await readBuiltVersions())) {
  const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_K8S_VERSION: minor };
  describeWithCluster(
    `Kubernetes ${minor}`,
    { profile: 'dual', engine: { k8sVersion: minor }, env },
    (cluster) => {
      describe('AAAA use on', () => testAaaaOn(cluster));

      it('all nodes and the API server are of this version', async () => {
        const kubelets = await cluster.kubectl([
          'get',
          'nodes',
          '-o',
          'jsonpath={.items[*].status.nodeInfo.kubeletVersion}',
        ]);
        expect(kubelets.split(' ')).toEqual(Array(3).fill(`v${built.version}`));
        expect(await cluster.kubectl(['version'])).toContain(`Server Version: v${built.version}`);
      });

      describe('AAAA use off', () => {
        beforeAll(() => cluster.succeed(['aaaa', 'off']));
        testAaaaOff(cluster);
      });

      afterAll(async (_, suite) => {
        const count = (title: string): { passed: number; of: number } =>
          countPassed(suite.tasks.filter(({ name }) => name === title));
        const row = {
          kubernetes: built.version,
          etcd: built.etcd,
          coredns: built.coredns,
          aaaaOn: count('AAAA use on'),
          aaaaOff: count('AAAA use off'),
        };
        writeMatrixRow(minor, { ...row, ranOn: new Date().toISOString().slice(0, 10) });
        await updateResults();
      });
    },
    'matrix',
  );
}

/** Of the tests below these tasks: those that did not run, because `up` failed, have not passed. */
function countPassed(tasks: readonly RunnerTask[]): { passed: number; of: number } {
  const tests = tasks.flatMap(function below(task): RunnerTask[] {
    return task.type === 'suite' ? task.tasks.flatMap(below) : [task];
  });
  return { passed: tests.filter((test) => test.result?.state === 'pass').length, of: tests.length };
}
