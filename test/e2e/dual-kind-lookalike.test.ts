import { expect, it } from 'vitest';
import { ensureKindLookalike } from '../images/kind-lookalike.js';
import { describeWithCluster } from '../support/cluster.js';
import { listChangedSysctls, machineSysctlsScript, writableSysctlsScript } from '../support/machine-sysctls.js';

/**
 * Scenario 10: most users' node image is kindest/node, which cannot be pulled here; this one has its real traits. Seen to fail with the image's own entry point (the node ends: host/network '' not found).
 */
describeWithCluster(
  'A node image with the traits of kindest/node',
  { profile: 'dual', up: false, env: { DIND_NUM_WORKERS: '1' } },
  (cluster) => {
    let sysctls: string;
    const readSysctls = async (): Promise<string> =>
      (await cluster.lab.host(['bash', '-c', machineSysctlsScript])).stdout;

    it('becomes a cluster whose pods reach IPv4-only and IPv6 sites', async () => {
      const node =
        (await cluster.engine.listImages({ 'dev.dind64.content': undefined }))
          .flatMap((image) => image.tags)
          .find((tag) => tag.startsWith('localhost/dind64/node:')) ?? '';
      const image = await ensureKindLookalike(cluster.engine, node);
      const env = { DIND_NODE_IMAGE: image, DIND_NUM_WORKERS: '1', DIND_ALLOW_AAAA_USE: 'true' };
      sysctls = await readSysctls();
      await cluster.succeed(['up'], env);
      await cluster.ensurePods();
      const { stdout } = await cluster.pod(
        'curl -sS --max-time 10 http://v4only.test/source; curl -sS --max-time 10 http://v6only.test/source',
      );
      expect(stdout.trim().split('\n')).toEqual([cluster.lab.hostAddresses.ipv4, cluster.lab.hostAddresses.ipv6]);
    });

    it('keeps its images in the shared store: no node has copied or unpacked them', async () => {
      const { stdout } = await cluster.node(
        'find /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots -mindepth 1 -maxdepth 1 -type l | wc -l',
      );
      expect(Number(stdout)).toBeGreaterThan(5);
    });

    it('survives a restart of a node', async () => {
      await cluster.engine.restartContainer(cluster.nodes.first);
      expect((await cluster.podEventually('curl -sS --max-time 10 http://dual.test/source')).stdout.trim()).toBe(
        cluster.lab.hostAddresses.ipv6,
      );
    });

    it('no node has changed, or could change, a setting of the whole machine, started once or twice', async () => {
      expect(listChangedSysctls(sysctls, await readSysctls())).toEqual([]);
      for (const name of [cluster.nodes.controlPlane, cluster.nodes.first])
        expect((await cluster.node(writableSysctlsScript, name)).stdout).toBe('');
    });
  },
);
