import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithCluster, labSettings } from '../support/cluster.js';
import { readRunnerFile } from '../support/runner-files.js';

/**
 * The action as a runner runs it, on a host without IPv6, as hosted runners are: the bundle that is built from the source, inputs as variables, files for what it
 * tells, and its post step. Seen to fail without the note that something was made (the cluster stays).
 */
describeWithCluster('The action for GitHub', { profile: 'v4only', up: false }, (cluster) => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  const told = async (name: string): Promise<Record<string, string>> =>
    readRunnerFile(await readFile(file(name), 'utf8'));
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dind64-action-'));
    for (const name of ['env', 'output', 'state', 'summary']) await writeFile(file(name), '');
    await execa('npm', ['run', 'build:action']);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const step = (env: Record<string, string>): ReturnType<typeof cluster.lab.host> =>
    cluster.lab.host(['node', path.resolve('bin/action.mjs')], {
      cwd: '/',
      env: {
        GITHUB_ACTIONS: 'true',
        GITHUB_ENV: file('env'),
        GITHUB_OUTPUT: file('output'),
        GITHUB_STATE: file('state'),
        GITHUB_STEP_SUMMARY: file('summary'),
        RUNNER_TEMP: folder,
        HOME: folder,
        ...labSettings,
        INPUT_WORKERS: '0',
        INPUT_IMAGE_SOURCE: 'build',
        ...env,
      },
    });

  it('an input that is wrong is an annotation with its name, before anything is made', async () => {
    const { exitCode, stdout } = await step({ INPUT_WORKERS: 'many' });
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^::error title=dind64.*DIND_NUM_WORKERS=many/m);
    expect(await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined })).toEqual([]);
    for (const name of ['state', 'env']) await writeFile(file(name), '');
  });

  it('makes a cluster, and tells the runner what it is', async () => {
    const docker = { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } };
    for (const image of ['job/one:test', 'job/two:test'])
      await execa('docker', ['tag', await cluster.baseImage(), image], docker);
    const { exitCode, stdout } = await step({ INPUT_LOAD_IMAGES: 'job/one:test\njob/two:test' });
    expect({ exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stdout).toContain('::group::dind64 up');
    expect(await told('output')).toMatchObject({
      kubeconfig: path.join(folder, '.kube/config'),
      context: 'dind64-kubeadm-dind',
      cluster_name: 'kubeadm-dind',
      nat64_prefix: 'fd00:10:64:ff9b::/96',
      dns64_address: 'fd00:20::100',
    });
    expect(await told('env')).toEqual({ KUBECONFIG: path.join(folder, '.kube/config') });
    const images = await cluster.node('ctr -n k8s.io images ls -q', cluster.nodes.controlPlane);
    for (const name of ['one', 'two']) expect(images.stdout).toContain(`docker.io/job/${name}:test`);
    const again = await cluster.dind64(['load-image', 'job/one:test', 'job/two:test'], { HOME: folder });
    expect(again.stderr).toContain('it has them');
    const summary = await readFile(file('summary'), 'utf8');
    expect(summary).toContain('| AAAA use | off: ');
    expect(summary).toMatch(/\| control plane \| [\d.]+ \|/);
    expect(summary).toMatch(/^v4only\.test +NAT64 +ok/m);
  });

  it('in its post step a job that failed has a dump, and the cluster goes', async () => {
    const state = Object.fromEntries(
      Object.entries(await told('state')).map(([name, value]) => [`STATE_${name}`, value]),
    );
    const { exitCode, stdout } = await step({ ...state, INPUT_JOB_STATUS: 'failure' });
    expect({ exitCode, stdout: exitCode === 0 ? '' : stdout }).toEqual({ exitCode: 0, stdout: '' });
    const { dump = '' } = await told('output');
    expect(stdout).toContain(`::notice title=dind64::what a maintainer needs is in ${dump}`);
    expect((await execa('tar', ['tzf', dump])).stdout).toContain('index');
    expect(await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined })).toEqual([]);
  });
});
