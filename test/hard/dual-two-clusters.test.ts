import { beforeAll, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { readHostState, type HostState } from '../support/host-state.js';

const first = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true' };
const second = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'false', DIND_CLUSTER_NAME: 'other' };

/**
 * Two clusters of different modes on one engine host, whose default route comes from router advertisements. Seen to fail with a lock that each
 * process has for itself, with shared changes that are put back whoever needs them, and with a kubeconfig record that is not left to the other cluster.
 */
describeWithCluster(
  'Two clusters side by side',
  { profile: 'dual', ipv6Setup: 'router-advertisement', env: first, up: false },
  (cluster) => {
    let before: HostState;
    const readState = (): Promise<HostState> =>
      readHostState(cluster.lab, `${cluster.lab.directory}/home/.kube/config`);
    const shared = async (): Promise<string[]> =>
      (await readState()).sysctls.split('\n').filter((line) => /all\.forwarding|eth0\.accept_ra/.test(line));
    const inUse = ['net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.eth0.accept_ra=2'];
    const containers = async (name: string): Promise<string[]> =>
      (await cluster.engine.listContainers({ 'dev.dind64.cluster': name })).map((container) => container.name).sort();

    beforeAll(async () => {
      before = await readState();
      await cluster.succeed(['up'], first);
    });

    it('two `up` of one cluster at once: one waits for the other, says so, and finds everything right', async () => {
      const both = [cluster.start(['up'], second), cluster.start(['up'], second)];
      for (const { exitCode, stderr } of await Promise.all(both.map(({ end }) => end)))
        expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
      const waited = both.filter(({ events }) =>
        events.some((event) => event.type === 'finished' && event.step === 'lock'),
      );
      expect(waited).toHaveLength(1);
      const ofLast = waited[0]?.events ?? [];
      for (const step of ['node-network', 'nodes', 'control-plane', 'dns64', 'nat64', 'api', 'cluster-dns']) {
        expect(ofLast).toContainEqual(expect.objectContaining({ type: 'finished', step, result: 'unchanged' }));
      }
      expect(await containers('other')).toEqual(
        ['api', 'control-plane', 'dns64', 'nat64'].map((role) => `other-${role}`),
      );
    });

    it('each has its own mode and its own addresses', async () => {
      const [one, other] = await Promise.all([cluster.succeed(['up'], first), cluster.succeed(['up'], second)]);
      expect(one.stderr).toMatch(/dual\.test\s+IPv6 .*connected/);
      expect(other.stderr).toMatch(/dual\.test\s+NAT64 .*connected/);
      const subnets = (await cluster.engine.listNetworks())
        .filter(({ name }) => name.endsWith('-net'))
        .flatMap((network) => network.subnets.filter((subnet) => subnet.includes(':')));
      expect(new Set(subnets).size).toBe(2);
    });

    it('clean of the first leaves forwarding and accept_ra to the second, which goes on', async () => {
      expect(await shared()).toEqual(inUse);
      const { stderr } = await cluster.succeed(['clean']);
      expect(stderr).toMatch(/accept_ra, 1 before: left as it is, because the cluster other needs it/);
      expect(await containers('kubeadm-dind')).toEqual([]);
      expect(await shared()).toEqual(inUse);
      expect((await cluster.succeed(['up'], second)).stderr).toMatch(/v4only\.test\s+NAT64 .*connected/);
    });

    it('clean of the last restores them', async () => {
      await cluster.succeed(['clean'], second);
      expect(await readState()).toEqual(before);
    });
  },
);
