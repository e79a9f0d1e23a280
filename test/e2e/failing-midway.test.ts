import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { waitUntil } from '../../src/wait.js';
import { hostEnvironment } from '../lab/host.js';
import { describeWithCluster, labSettings } from '../support/cluster.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };

/**
 * What goes wrong while a cluster is made, or after. Seen to fail without `withDumpOnFailure`; with an exec whose abort only closes its stream (kubeadm
 * went on); with a `status` that takes a stopped helper for a running one; with a `clean` that removes helpers alone.
 */
describeWithCluster('A cluster fails well', { profile: 'dual', env, up: false }, (cluster) => {
  const { controlPlane } = cluster.nodes;
  const nodeRuns = (program: string): Promise<boolean> =>
    cluster.engine.exec(controlPlane, ['pgrep', '-x', program]).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    );
  const until = async (condition: string, holds: () => Promise<boolean>): Promise<void> =>
    waitUntil({ condition, limitMs: 180_000, intervalMs: 100 }, async () =>
      (await holds()) ? { done: undefined } : { seen: 'not yet' },
    );

  it('kubeadm fails: its words, the logs of the kubelet and of containerd, and where they are', async () => {
    const running = cluster.dind64(['up'], { ...env, DIND_TIMEOUT: '60s' });
    await until(
      'the control plane runs',
      async () => (await cluster.engine.findContainer(controlPlane))?.status === 'running',
    );
    const broken =
      '#!/bin/sh\\n[ "$1" != --version ] || { echo "Kubernetes v1.37.2"; exit 0; }\\necho broken on purpose >&2\\nexit 1\\n';
    await cluster.engine.exec(controlPlane, [
      'bash',
      '-c',
      `path=$(readlink -f "$(command -v kubelet)"); rm "$path"; printf '${broken}' >"$path"; chmod 755 "$path"`,
    ]);
    const { exitCode, stderr } = await running;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('error: initializing the control plane (kubeadm-dind-control-plane)');
    expect(stderr).toContain('kubelet');
    const index = /logs and state of all parts: (\S+)/.exec(stderr)?.[1] ?? '';
    const folder = dirname(index);
    const logs = join(folder, 'nodes', controlPlane);
    expect(await readFile(index, 'utf8')).toContain('initializing the control plane');
    expect((await readdir(logs)).sort()).toEqual([
      'console.log',
      'containerd.log',
      'containers.txt',
      'kubelet.log',
      'network.txt',
      'pods.log',
      'resources.txt',
      'units.txt',
    ]);
    expect(await readFile(join(logs, 'kubelet.log'), 'utf8')).toContain('broken on purpose');
    expect(await readFile(join(logs, 'containerd.log'), 'utf8')).toContain('containerd');
    expect((await stat(folder)).mode & 0o077).toBe(0);
  });

  it('Ctrl-C: ends within 5 s, says what is left, and nothing goes on in the node', async () => {
    const [file = '', ...argv] = cluster.lab.hostArgv([process.execPath, `${project}/bin/dind64.mjs`, 'up']);
    const settings = {
      HOME: `${cluster.lab.directory}/home`,
      XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`,
      SSL_CERT_FILE: cluster.lab.ca.path,
      ...labSettings,
      ...env,
    };
    const child = spawn(file, argv, {
      cwd: '/',
      env: hostEnvironment(process.env, cluster.lab.engineEndpoint, settings),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
    // The broken node of the test before is made anew on the way.
    await until('kubeadm runs in the node', () => nodeRuns('kubeadm'));
    const sent = performance.now();
    child.kill('SIGINT');
    const [[exitCode], stdout, stderr] = await output;
    expect(performance.now() - sent).toBeLessThan(5000);
    expect({ exitCode: exitCode as number, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(
      /stopped by SIGINT; left of kubeadm-dind: 5 containers, 2 networks, \d+ volumes\n\s+hint: .*`npm run clean` removes it/,
    );
    expect(await nodeRuns('kubeadm')).toBe(false);
  });

  it('up completes what was interrupted', async () => {
    await cluster.succeed(['up'], env);
  });

  it('DNS64 is killed: status says so, up mends it', async () => {
    const dns64 = 'kubeadm-dind-dns64';
    const readDns64 = async (): Promise<{ health: string } | undefined> =>
      (
        JSON.parse((await cluster.dind64(['status', '--json'])).stdout) as {
          helpers: { role: string; health: string }[];
        }
      ).helpers.find(({ role }) => role === 'dns64');
    await cluster.engine.stopContainer(dns64, 0);
    expect(await readDns64()).toMatchObject({ health: 'stopped' });
    expect((await cluster.dind64(['status'])).stdout).toMatch(/kubeadm-dind-dns64.*stopped/);
    await cluster.succeed(['up']);
    expect(await readDns64()).toMatchObject({ health: 'running' });
  });

  it('clean leaves nothing, the logs excepted, not even what a killed command left', async () => {
    const left = { 'dev.dind64.cluster': 'kubeadm-dind', 'dev.dind64.role': 'throw-away' };
    await cluster.engine.createContainer({
      image: await cluster.baseImage(),
      command: ['true'],
      labels: left,
      network: 'none',
    });
    await cluster.succeed(['clean']);
    expect(await cluster.engine.listContainers({ 'dev.dind64.cluster': 'kubeadm-dind' })).toEqual([]);
    expect((await cluster.engine.listNetworks()).filter(({ name }) => name.startsWith('kubeadm-dind'))).toEqual([]);
    expect(await cluster.engine.listVolumes({ 'dev.dind64.cluster': 'kubeadm-dind' })).toEqual([]);
  });
});
