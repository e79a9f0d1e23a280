import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { cleanSteps, downSteps } from '../../src/steps/lists.js';
import { describeWithCluster } from '../support/cluster.js';
import { listEngineObjects } from '../support/engine-objects.js';
import { readHostState, type HostState } from '../support/host-state.js';
import { killIn, readDurations } from '../support/running-command.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '1' };

/**
 * SIGKILL of `clean` and `down` in each of their steps, and of `aaaa` at ten moments (it has no steps).
 */
describeWithCluster('clean, down and aaaa are killed', { profile: 'dual', env, up: false }, (cluster) => {
  let before: HostState;
  let whole: string[];
  let downTimes: Map<string, number> | undefined;
  let cleanTimes: Map<string, number> | undefined;
  let switchMs: number;
  const readState = (): Promise<HostState> => readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);
  const isAaaa = async (): Promise<boolean> =>
    (JSON.parse((await cluster.succeed(['status', '--json'])).stdout) as { mode: { aaaa: boolean } }).mode.aaaa;

  beforeAll(async () => {
    before = await readState();
    await cluster.succeed(['up'], env);
    whole = await listEngineObjects(cluster.engine);
    const began = performance.now();
    await cluster.succeed(['aaaa', 'off']);
    switchMs = performance.now() - began;
    await cluster.succeed(['aaaa', 'on']);
  });

  it.each(
    [0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9].flatMap(
      (part) =>
        [
          ['off', part],
          ['on', part],
        ] as const,
    ),
  )('aaaa %s, killed after %f of its time: aaaa again completes it, and so does up', async (use, part) => {
    const command = cluster.start(['aaaa', use]);
    await delay(switchMs * part);
    command.kill('SIGKILL');
    await command.end;
    if (part < 0.7) {
      await cluster.succeed(['aaaa', use]);
      expect(await isAaaa()).toBe(use === 'on');
    }
    // With no mode given, up keeps the one that DNS64 has and makes the rest fit; its check would fail otherwise.
    await cluster.succeed(['up']);
    const rules = (await isAaaa()) ? ['volume kubeadm-dind-host-rules'] : [];
    expect(await listEngineObjects(cluster.engine)).toEqual(
      [...whole.filter((name) => name !== 'volume kubeadm-dind-host-rules'), ...rules].sort(),
    );
  });

  it.each(downSteps.map(({ id }) => id))(
    'down, killed in %s: down again completes it, and up makes it whole',
    async (step) => {
      await cluster.succeed(['up'], env);
      const durations = (downTimes ??= await measure(['down']));
      await cluster.succeed(['up'], env);
      expect(await killIn(cluster.start(['down']), step, (durations.get(step) ?? 0) * 0.4)).toBe(true);
      await cluster.succeed(['down']);
      expect(
        (await listEngineObjects(cluster.engine)).filter((name) => /control-plane|worker|anonymous|rules/.test(name)),
      ).toEqual(['0 anonymous volumes']);
      await cluster.succeed(['up'], env);
      expect(await killIn(cluster.start(['down']), step, (durations.get(step) ?? 0) * 0.4)).toBe(true);
      await cluster.succeed(['up'], env);
      expect(await listEngineObjects(cluster.engine)).toEqual(whole);
    },
  );

  it.each(cleanSteps.map(({ id }) => id))(
    'clean, killed in %s: clean again leaves the host as it was',
    async (step) => {
      await cluster.succeed(['up'], env);
      const durations = (cleanTimes ??= await measure(['clean']));
      await cluster.succeed(['up'], env);
      expect(await killIn(cluster.start(['clean']), step, (durations.get(step) ?? 0) * 0.4)).toBe(true);
      await cluster.succeed(['clean']);
      expect(await readState()).toEqual(before);
    },
  );

  async function measure(argv: string[]): Promise<Map<string, number>> {
    const command = cluster.start(argv);
    expect(await command.end).toMatchObject({ exitCode: 0 });
    return readDurations(command.events);
  }
});
