import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

/** Nothing is made, used or removed that is not the cluster's. Seen to fail without `refuseForeignObjects` (a foreign container was removed), and without the label in `removeNetworks`. */
describeWithCluster('up fails well where something is taken', { profile: 'dual', up: false }, (cluster) => {
  const docker = async (...argv: string[]): Promise<string> =>
    (await execa('docker', argv, { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } })).stdout;
  const listObjects = async (): Promise<string> =>
    [await docker('ps', '-aq'), await docker('network', 'ls', '-q'), await docker('volume', 'ls', '-q')].join('\n--\n');

  const refused = async (env: Record<string, string>): Promise<{ exitCode: number; stderr: string }> => {
    const before = await listObjects();
    const result = await cluster.dind64(['up'], env);
    expect(await listObjects()).toBe(before);
    return result;
  };

  it.each([
    ['container', 'kubeadm-dind-dns64', ['create', '--name', 'kubeadm-dind-dns64']],
    ['container', 'kubeadm-dind-worker-2', ['create', '--name', 'kubeadm-dind-worker-2']],
    ['network', 'kubeadm-dind-net', ['network', 'create', 'kubeadm-dind-net']],
    ['volume', 'kubeadm-dind-nat64', ['volume', 'create', 'kubeadm-dind-nat64']],
  ] as const)('a foreign %s has the name %s: up and clean leave it alone', async (kind, name, argv) => {
    await docker(...argv, ...(kind === 'container' ? [await cluster.baseImage(), 'sleep', 'infinity'] : []));
    try {
      const { exitCode, stderr } = await refused({});
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`there is a ${kind} ${name} that is not of this cluster`);
      expect(stderr).toContain('DIND_CLUSTER_NAME');
      await cluster.succeed(['clean']);
      expect(await docker(kind, 'inspect', '--format', '{{.Name}}', name)).toContain(name);
    } finally {
      await docker(kind, 'rm', name);
    }
  });

  it('the port of the API is taken', async () => {
    const [file = '', ...argv] = cluster.lab.hostArgv([
      process.execPath,
      '-e',
      "require('net').createServer().listen(21555, '127.0.0.1', () => console.log('listening'))",
    ]);
    const listener = spawn(file, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await once(listener.stdout, 'data');
      const { exitCode, stderr } = await refused({ DIND_API_PORT: '21555' });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('port 21555 is taken');
      expect(stderr).toContain('DIND_API_PORT');
    } finally {
      listener.kill();
    }
  });

  it('a CIDR belongs to another network of the engine', async () => {
    await docker('network', 'create', '--ipv6', '--subnet', 'fd00:77::/56', 'somebody');
    try {
      const { exitCode, stderr } = await refused({ DIND_NODE_CIDR: 'fd00:77::/64' });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("DIND_NODE_CIDR fd00:77::/64 overlaps fd00:77::/56 of the engine's network somebody");
    } finally {
      await docker('network', 'rm', 'somebody');
    }
  });
});
