import { execa } from 'execa';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { hostEnvironment } from '../lab/host.js';
import { describeWithCluster, labSettings } from '../support/cluster.js';

const env = { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true' };

/** What hardening guides and other tools ask for, and what must make no difference: dind64 says itself what its networks and containers need. */
const daemonJson = {
  'userland-proxy': false,
  'default-network-opts': {
    bridge: {
      'com.docker.network.bridge.enable_icc': 'false',
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
      'com.docker.network.bridge.gateway_mode_ipv4': 'isolated',
      'com.docker.network.bridge.gateway_mode_ipv6': 'routed',
    },
  },
  'default-ulimits': { nofile: { Name: 'nofile', Soft: 1024, Hard: 4096 } },
  'default-cgroupns-mode': 'host',
  'log-driver': 'none',
  'no-new-privileges': true,
  'live-restore': true,
  init: true,
};

/**
 * Scenario 10: containerd's image store, which is Docker 29's default, and an engine without a userland proxy, whose loopback
 * ports are NAT alone. Seen to fail with the API published on [::1] only.
 */
describeWithCluster(
  'An engine with containerd’s image store and a hardened daemon.json, without userland proxy',
  { profile: 'dual', env, engine: { imageStore: 'containerd', daemonJson } },
  (cluster) => {
    it('a lone control plane takes pods, which reach IPv4-only and IPv6 sites', async () => {
      const { stdout } = await cluster.pod(
        'curl -sS --max-time 10 http://v4only.test/source; curl -sS --max-time 10 http://v6only.test/source',
      );
      expect(stdout.trim().split('\n')).toEqual([cluster.lab.hostAddresses.ipv4, cluster.lab.hostAddresses.ipv6]);
    });

    it('127.0.0.1 leads to the API', async () => {
      expect((await cluster.succeed(['kubectl', 'get', 'nodes', '-o', 'name'])).stdout).toBe(
        'node/kubeadm-dind-control-plane\n',
      );
    });

    // A job that has only the engine's socket: here, a network namespace in which nothing is reachable.
    it('where only the engine’s socket is, up and kubectl say that the API does not answer, and what to do', async () => {
      const elsewhere = (
        ...argv: string[]
      ): Promise<{ exitCode?: number | undefined; stdout: string; stderr: string }> =>
        execa('unshare', ['--net', process.execPath, 'bin/dind64.mjs', ...argv], {
          reject: false,
          env: hostEnvironment(process.env, cluster.lab.engineEndpoint, labSettings),
          extendEnv: false,
        });
      const kubectl = await elsewhere('kubectl', 'get', 'nodes');
      expect(kubectl.exitCode).toBe(1);
      expect(kubectl.stderr).toContain('it answers neither at https://127.0.0.1:');
      const up = await elsewhere('up');
      expect(up.exitCode).toBe(0);
      expect(up.stderr).toContain('docker network connect kubeadm-dind-net <this container>');
    });

    it('kubeconfig --internal is for containers on the node network', async () => {
      const config = parse((await cluster.succeed(['kubeconfig', '--internal'])).stdout) as {
        clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
      };
      const { server, 'certificate-authority-data': ca } = config.clusters[0]?.cluster ?? {};
      const script = 'curl -sS --max-time 10 --cacert <(base64 -d <<< "$1") "$0/readyz"';
      const { stdout } = await execa(
        'docker',
        [
          ...['run', '--rm', '--network', 'kubeadm-dind-net', '--entrypoint', 'bash', await cluster.baseImage()],
          ...['-c', script, server ?? '', ca ?? ''],
        ],
        { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } },
      );
      expect(stdout).toBe('ok');
    });

    it('an image of the engine’s gets onto the node', async () => {
      const before = await cluster.node('ctr -n k8s.io images ls -q | grep -c dind64-loaded || true');
      expect(before.stdout.trim()).toBe('0');
      const base = await cluster.baseImage();
      await execa('docker', ['tag', base, 'dind64-loaded:1'], {
        env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' },
      });
      await execa('docker', ['tag', base, 'dind64-loaded:2'], {
        env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' },
      });
      await cluster.succeed(['load-image', 'dind64-loaded:1', 'dind64-loaded:2']);
      const { stdout } = await cluster.node('ctr -n k8s.io images ls -q');
      for (const tag of [1, 2]) expect(stdout).toContain(`docker.io/library/dind64-loaded:${tag}`);
      // Seen to fail with nothing looked up on the node.
      const again = await cluster.succeed(['load-image', 'dind64-loaded:1', 'dind64-loaded:2']);
      expect(again.stderr).toContain('it has them');
    });

    it('clean leaves no object of the cluster', async () => {
      await cluster.succeed(['clean']);
      expect(await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined })).toEqual([]);
      expect(await cluster.engine.listVolumes({ 'dev.dind64.cluster': undefined })).toEqual([]);
    });
  },
);
