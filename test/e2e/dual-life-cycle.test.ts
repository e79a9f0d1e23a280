import { mkdir, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';
import { expectPublished } from '../support/published-schema.js';
import { readHostState, type HostState } from '../support/host-state.js';
import { listChangedSysctls, machineSysctlsScript, writableSysctlsScript } from '../support/machine-sysctls.js';

const env = { DIND_NUM_WORKERS: '1', DIND_ALLOW_AAAA_USE: 'true' };
const foreignKubeconfig = `apiVersion: v1
kind: Config
# mine
clusters:
- cluster:
    server: https://192.0.2.1:6443
  name: other
contexts:
- context:
    cluster: other
    user: other
  name: other
current-context: other
preferences: {}
users:
- name: other
  user:
    token: abc
`;

/** Scenario 9. Seen to fail with a FORWARD policy that is not recorded. */
describeWithCluster(
  'The life of a cluster',
  { profile: 'dual', ipv6Setup: 'router-advertisement', env, up: false },
  (cluster) => {
    let before: HostState;
    let sysctls: string;
    const readSysctls = async (): Promise<string> =>
      (await cluster.lab.host(['bash', '-c', machineSysctlsScript])).stdout;
    const kubeconfig = (): string => `${cluster.lab.directory}/home/.kube/config`;
    const reach = async (): Promise<string[]> =>
      (
        await cluster.podEventually(
          'set -e; for name in v4only.test dual.test v6only.test; do curl -sS --max-time 10 http://$name/source; done',
        )
      ).stdout
        .trim()
        .split('\n');

    it('up', async () => {
      await mkdir(`${cluster.lab.directory}/home/.kube`, { recursive: true });
      await writeFile(kubeconfig(), foreignKubeconfig, { mode: 0o600 });
      before = await readHostState(cluster.lab, kubeconfig());
      sysctls = await readSysctls();
      await cluster.succeed(['up'], env);
      await cluster.ensurePods();
    });

    it('up again changes nothing that is right', async () => {
      const identify = async (): Promise<string[]> =>
        (await cluster.engine.listContainers({ 'dev.dind64.cluster': 'kubeadm-dind' }))
          .map(({ id, startedAt }) => `${id} ${startedAt}`)
          .sort();
      const containers = await identify();
      await cluster.succeed(['up']);
      expect(await identify()).toEqual(containers);
    });

    it('up without a mode keeps the running one and says so', async () => {
      await cluster.succeed(['aaaa', 'off']);
      const { stderr } = await cluster.succeed(['up']);
      expect(stderr).toContain('keeps its mode');
      expect(
        (expectPublished('status', (await cluster.succeed(['status', '--json'])).stdout) as { mode: { aaaa: boolean } })
          .mode.aaaa,
      ).toBe(false);
      await cluster.succeed(['aaaa', 'on']);
    });

    it.each(['dns64', 'nat64', 'api', 'worker-1', 'control-plane'])(
      'survives `docker restart` of %s with nothing done by hand',
      async (name) => {
        await cluster.engine.restartContainer(`kubeadm-dind-${name}`);
        const { ipv4, ipv6 } = cluster.lab.hostAddresses;
        expect(await reach()).toEqual([ipv4, ipv6, ipv6]);
      },
    );

    // Both nodes have been started twice. Seen to fail (all that are to be written) with a privileged node as the engine makes it.
    it('no node has changed, or could change, a setting of the whole machine', async () => {
      expect(listChangedSysctls(sysctls, await readSysctls())).toEqual([]);
      for (const name of [cluster.nodes.controlPlane, cluster.nodes.first])
        expect((await cluster.node(writableSysctlsScript, name)).stdout).toBe('');
    });

    it('kubectl reaches the API by the merged context', async () => {
      expect((await cluster.succeed(['kubectl', 'get', 'nodes', '-o', 'name'])).stdout).toContain(
        'node/kubeadm-dind-worker-1',
      );
    });

    it('pause freezes, unpause goes on', async () => {
      await cluster.succeed(['pause']);
      expect((await cluster.engine.findContainer(cluster.nodes.first))?.status).toBe('paused');
      await cluster.succeed(['unpause']);
      expect(await reach()).toHaveLength(3);
    });

    it('down keeps networks and helpers, and the next up builds on them', async () => {
      await cluster.succeed(['down']);
      const left = (await cluster.engine.listContainers({ 'dev.dind64.cluster': 'kubeadm-dind' }))
        .map(({ name }) => name)
        .sort();
      expect(left).toEqual(['kubeadm-dind-api', 'kubeadm-dind-dns64', 'kubeadm-dind-host', 'kubeadm-dind-nat64']);
      await cluster.succeed(['up']);
    });

    it('clean leaves the host as it was', async () => {
      await cluster.succeed(['clean']);
      expect(await readHostState(cluster.lab, kubeconfig())).toEqual(before);
    });
  },
);
