import { setTimeout as delay } from 'node:timers/promises';
import { mkdtemp, readdir } from 'node:fs/promises';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { waitUntil } from '../../src/wait.js';
import { describeWithCluster } from '../support/cluster.js';
import { listEngineObjects } from '../support/engine-objects.js';
import { readHostState, type HostState } from '../support/host-state.js';
import { killIn } from '../support/running-command.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };
const ofCluster = [
  '1 anonymous volumes',
  ...['api', 'control-plane', 'dns64', 'nat64'].map((name) => `container kubeadm-dind-${name} running`),
  ...['bridge', 'host', 'kubeadm-dind-egress', 'kubeadm-dind-net', 'none'].map((name) => `network ${name}`),
  'volume dind64-host-forward-policy-ipv6',
  'volume dind64-host-ipv6-forwarding',
  ...['api', 'dns64', 'host-rules', 'nat64'].map((name) => `volume kubeadm-dind-${name}`),
];

/**
 * Commands that are killed, without a chance to tidy up; test/hard/killed-*.test.ts has every step of every command. Seen to fail without
 * `removeUnfinished` and without `settleThrowAways`; with credentials in a folder that the command removes at its end.
 */
describeWithCluster(
  'A killed command leaves nothing that the next one does not mend',
  { profile: 'dual', env, up: false },
  (cluster) => {
    let before: HostState;
    const readState = (): Promise<HostState> =>
      readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);

    beforeAll(async () => {
      before = await readState();
    });

    it.each(['survey', 'host-rules'])('up, killed in %s: clean leaves the host as it was', async (step) => {
      expect(await killIn(cluster.start(['up'], env), step, 60)).toBe(true);
      await cluster.succeed(['clean']);
      expect(await readState()).toEqual(before);
    });

    it('up, killed while kubeadm works: up completes it', async () => {
      expect(await killIn(cluster.start(['up'], env), 'control-plane', 3000)).toBe(true);
      await cluster.succeed(['up'], env);
      expect(await listEngineObjects(cluster.engine)).toEqual(ofCluster);
    });

    it('a container that was made for a moment and never started is removed by the next command', async () => {
      const left = await cluster.engine.createContainer({
        image: await cluster.baseImage(),
        command: ['true'],
        labels: { 'dev.dind64.role': 'throw-away' },
        network: 'none',
      });
      await cluster.succeed(['aaaa', 'on']);
      expect(await cluster.engine.findContainer(left.id)).toBeUndefined();
    });

    it('aaaa off, killed: aaaa on, and up, find everything right', async () => {
      const command = cluster.start(['aaaa', 'off']);
      await waitUntil({ condition: 'the switch has begun', limitMs: 20_000, intervalMs: 10 }, async () =>
        (await cluster.node('grep -q "no-route" /dind64/network/egress.nft')).exitCode === 0
          ? { done: undefined }
          : { seen: 'not yet' },
      );
      command.kill('SIGKILL');
      await command.end;
      await cluster.succeed(['aaaa', 'on']);
      await cluster.succeed(['up'], env);
      expect(await listEngineObjects(cluster.engine)).toEqual(ofCluster);
    });

    it.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
      'kubectl: %s leaves no credentials behind, and a signal that it can hear ends it',
      async (signal) => {
        const temporary = await mkdtemp(`${cluster.lab.directory}/tmp-`);
        const command = cluster.start(['kubectl', 'get', 'nodes', '--watch', '-o', 'name'], { TMPDIR: temporary });
        const children = async (): Promise<string[]> =>
          (await execa('pgrep', ['-P', String(command.pid)], { reject: false })).stdout
            .split('\n')
            .filter((pid) => pid !== '');
        const [child = ''] = await waitUntil(
          { condition: 'kubectl runs', limitMs: 20_000, intervalMs: 50 },
          async () => ((await children()).length > 0 ? { done: await children() } : { seen: 'no child' }),
        );
        await delay(500);
        const sent = performance.now();
        command.kill(signal);
        // Nobody can tell kubectl of this one, and it holds our output.
        if (signal === 'SIGKILL') process.kill(Number(child));
        const { exitCode } = await command.end;
        expect(performance.now() - sent).toBeLessThan(5000);
        expect(await readdir(temporary)).toEqual([]);
        expect(exitCode).toBe(signal === 'SIGKILL' ? null : 130);
        // A zombie is what an init that reaps nobody leaves of it.
        expect((await execa('ps', ['-o', 'stat=', '-p', child], { reject: false })).stdout.trim()).toMatch(/^Z?$/);
      },
    );

    it('clean, killed while it removes: clean again leaves the host as it was', async () => {
      expect(await killIn(cluster.start(['clean']), 'nodes', 300)).toBe(true);
      await cluster.succeed(['clean']);
      expect(await readState()).toEqual(before);
    });
  },
);
