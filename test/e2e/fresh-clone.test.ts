import { chown, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHostState, type HostState } from '../support/host-state.js';
import { describeWithCluster, labSettings } from '../support/cluster.js';
import type { LabCommandResult } from '../lab/types.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
/** No passwd entry, no home, no privileges; only the group of the engine's socket. */
const user = { uid: 64_051, gid: 64_051, groups: [64_052] };

/** README's commands as they stand there. Seen to fail with a log directory below /var/log, and with a notice on stdout. */
describeWithCluster(
  'A fresh clone in the empty home of an unprivileged user',
  { profile: 'dual', up: false },
  (cluster) => {
    let home: string;
    let before: HostState;
    const checkout = (): string => join(home, 'dind64');

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'dind64-fresh-'));
      // As with Docker's packages, whose socket belongs to the group docker.
      await chown((cluster.lab.engineEndpoint ?? '').replace('unix://', ''), 0, user.groups[0] ?? 0);
      // By root, since git refuses a repository of another owner; what follows is the user's.
      await execa('git', ['clone', '--quiet', `file://${project}`, checkout()]);
      await copyNpmCache(join(home, '.npm'));
      await execa('chown', ['-R', `${user.uid}:${user.gid}`, home]);
      before = await readHostState(cluster.lab, join(home, '.kube', 'config'));
    });
    afterAll(async () => {
      await rm(home, { recursive: true, force: true });
    });

    const environment = (more: Record<string, string> = {}): string[] => {
      const variables = { PATH: process.env['PATH'] ?? '', HOME: home, npm_config_prefer_offline: 'true', ...more };
      return ['env', '-i', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
    };
    /** In the lab, with nothing of this process's environment. */
    const run = (argv: string[], more: Record<string, string> = {}): Promise<LabCommandResult> =>
      cluster.lab.host(
        [
          ...environment({
            DOCKER_HOST: cluster.lab.engineEndpoint ?? '',
            SSL_CERT_FILE: cluster.lab.ca.path,
            ...labSettings,
            ...more,
          }),
          ...argv,
        ],
        { user, cwd: checkout() },
      );
    const succeed = async (argv: string[], more?: Record<string, string>): Promise<LabCommandResult> => {
      const result = await run(argv, more);
      expect(result.exitCode, `${argv.join(' ')}\n${result.stdout}\n${result.stderr}`).toBe(0);
      return result;
    };

    it('the first command installs and compiles', async () => {
      // Outside the lab, which has no package registry.
      const own = Object.fromEntries(
        Object.entries(process.env).filter(
          (entry): entry is [string, string] =>
            entry[1] !== undefined && /^(.*_proxy|node_extra_ca_certs|ssl_cert_file)$/i.test(entry[0]),
        ),
      );
      const { stderr } = await execa(
        'setpriv',
        [
          `--reuid=${user.uid}`,
          `--regid=${user.gid}`,
          '--clear-groups',
          '--',
          ...environment(own),
          'node',
          'bin/dind64.mjs',
          '--help',
        ],
        { cwd: checkout() },
      );
      expect(stderr).toBe('installing dependencies ...\ncompiling ...');
    });

    it('npm run up', async () => {
      const { stdout, stderr } = await succeed(['npm', 'run', 'up'], { DIND_ALLOW_AAAA_USE: 'true' });
      expect(stdout).toBe('');
      expect(stderr).toMatch(/v4only\.test\s+NAT64[\s\S]*kubeadm-dind is up after/);
    });

    it('npm run status, for people and for programs', async () => {
      expect((await succeed(['npm', 'run', 'status'])).stdout).toContain('kubeadm-dind-worker-2');
      const { stdout } = await succeed(['npm', 'run', '-s', 'status', '--', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ cluster: 'kubeadm-dind', exists: true, mode: { aaaa: true } });
    });

    it('npm run kubectl -- get nodes', async () => {
      const { stdout } = await succeed(['npm', 'run', 'kubectl', '--', 'get', 'nodes', '-o', 'name']);
      expect(stdout).toBe('node/kubeadm-dind-control-plane\nnode/kubeadm-dind-worker-1\nnode/kubeadm-dind-worker-2\n');
    });

    it('npm run aaaa -- off', async () => {
      await succeed(['npm', 'run', 'aaaa', '--', 'off']);
      expect(JSON.parse((await succeed(['npm', 'run', 'status', '--', '--json'])).stdout)).toMatchObject({
        mode: { aaaa: false },
      });
    });

    it("kubeconfig, cache and logs are the user's, and readable by no other where they hold secrets", async () => {
      const kubeconfig = join(home, '.kube', 'config');
      expect(await readFile(kubeconfig, 'utf8')).toContain('dind64-kubeadm-dind');
      expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
      expect((await execa('find', [home, '!', '-uid', String(user.uid)])).stdout).toBe('');
      const top = (await execa('find', [home, '-maxdepth', '3', '-path', '*/dind64', '-printf', '%P\n'])).stdout
        .split('\n')
        .sort();
      expect(top).toEqual(['.cache/dind64', '.local/state/dind64', 'dind64']);
      expect((await stat(join(home, '.local/state/dind64/logs'))).mode & 0o077).toBe(0);
    });

    it('npm run down, npm run clean: nothing is left but caches and logs', async () => {
      await succeed(['npm', 'run', 'down']);
      await succeed(['npm', 'run', 'clean']);
      const file = join(home, '.kube', 'config');
      // The file itself was made by `up`; kubectl leaves an empty one behind, too.
      expect({ ...(await readHostState(cluster.lab, file)), kubeconfig: undefined }).toEqual({
        ...before,
        kubeconfig: undefined,
      });
      expect(await readFile(file, 'utf8').catch(() => '')).not.toContain('kubeadm-dind');
    });
  },
);

/** This machine's npm cache, where it has one: npm asks the registry for what is missing. */
async function copyNpmCache(target: string): Promise<void> {
  const { stdout } = await execa('npm', ['config', 'get', 'cache']);
  await mkdir(target);
  await cp(join(stdout, '_cacache'), join(target, '_cacache'), { recursive: true }).catch(() => undefined);
}
