import { beforeAll, expect, it } from 'vitest';
import { upSteps } from '../../src/steps/lists.js';
import { describeWithCluster } from '../support/cluster.js';
import { listEngineObjects } from '../support/engine-objects.js';
import { readHostState, type HostState } from '../support/host-state.js';
import { killIn, readDurations } from '../support/running-command.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '1' };

/** What `up` does before its list of steps begins, and then that list itself. */
const points = ['engine', 'survey', 'images', ...upSteps.map(({ id }) => id)];

/**
 * SIGKILL of `up` in each of its steps, as it begins and halfway through it.
 */
describeWithCluster('up is killed in each of its steps', { profile: 'dual', env, up: false }, (cluster) => {
  let before: HostState;
  let whole: string[];
  let durations: Map<string, number>;
  const readState = (): Promise<HostState> => readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);

  beforeAll(async () => {
    before = await readState();
    const command = cluster.start(['up'], env);
    expect(await command.end).toMatchObject({ exitCode: 0 });
    durations = readDurations(command.events);
    whole = await listEngineObjects(cluster.engine);
    await cluster.succeed(['clean']);
  });

  it.each(points)('%s: clean leaves the host as it was, and up makes the whole cluster', async (step) => {
    expect(await killIn(cluster.start(['up'], env), step, 0)).toBe(true);
    await cluster.succeed(['clean']);
    expect(await readState()).toEqual(before);
    // Shorter than a step is, so that it has not ended: the machine is never equally fast.
    await killIn(cluster.start(['up'], env), step, (durations.get(step) ?? 0) * 0.4);
    await cluster.succeed(['up'], env);
    expect(await listEngineObjects(cluster.engine)).toEqual(whole);
    await cluster.succeed(['clean']);
    expect(await readState()).toEqual(before);
  });
});
