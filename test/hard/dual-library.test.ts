import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostEnvironment } from '../lab/host.js';
import { describeWithCluster } from '../support/cluster.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The package as `npm pack` makes it, installed into an empty folder, and the examples of docs/library.md as they stand there, but for the lab's engine and sites.
 */
describeWithCluster(
  'The library of the packed package',
  { profile: 'dual', up: false },
  (cluster) => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'dind64-library-'));
      await execa('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: project });
      await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
      // Outside of the lab, which has no package registry.
      const archive = (await execa('sh', ['-c', 'ls dind64-*.tgz'], { cwd: folder })).stdout.trim();
      await execa('npm', ['install', '--loglevel=error', '--prefer-offline', '--ignore-scripts', `./${archive}`], {
        cwd: folder,
      });
    });
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    /** A block of code of the page, with where the lab's engine and its sites are. */
    async function example(language: 'ts' | 'js'): Promise<string> {
      const page = await readFile(join(project, 'docs/library.md'), 'utf8');
      const [, code = ''] = new RegExp('```' + language + '\n([\\s\\S]*?)```').exec(page) ?? [];
      const inLab = `{ imageSource: 'build', checkTargets: ['dual.test', 'v4only.test'], `;
      return code
        .replace(/createCluster\(\{ /, `createCluster(${inLab}`)
        .replace(/(createCluster\(.*\})\)/, '$1, { env: process.env })');
    }

    async function run(
      file: string,
      ...loader: string[]
    ): Promise<{ exitCode: number; stdout: string; stderr: string }> {
      return cluster.lab.host([process.execPath, ...loader, file], {
        cwd: folder,
        env: hostEnvironment(process.env, cluster.lab.engineEndpoint),
      });
    }

    const nothingIsLeft = async (): Promise<void> => {
      expect(await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined })).toEqual([]);
    };

    it('the example in TypeScript has right types, runs, and leaves nothing', async () => {
      const docker = { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } };
      await execa('docker', ['tag', await cluster.baseImage(), 'example/app:test'], docker);
      await writeFile(join(folder, 'example.ts'), await example('ts'));
      const compiler = join(project, 'node_modules/typescript/bin/tsc');
      const options = [
        '--noEmit',
        '--strict',
        '--target',
        'es2022',
        '--module',
        'nodenext',
        '--lib',
        'es2023,esnext.disposable',
      ];
      const types = ['--typeRoots', join(project, 'node_modules/@types'), '--types', 'node'];
      const checked = await execa(process.execPath, [compiler, ...options, ...types, 'example.ts'], {
        cwd: folder,
        reject: false,
      });
      expect(checked.stdout).toBe('');
      const { exitCode, stdout, stderr } = await run(
        'example.ts',
        '--import',
        join(project, 'node_modules/tsx/dist/loader.mjs'),
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('node/kubeadm-dind-worker-1');
      await nothingIsLeft();
    });

    it('the example in JavaScript runs, and leaves nothing', async () => {
      await writeFile(join(folder, 'example.js'), await example('js'));
      const { exitCode, stdout, stderr } = await run('example.js');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('node/kubeadm-dind-control-plane');
      await nothingIsLeft();
    });

    it('the program of the package runs where there is no source', async () => {
      const { stdout } = await cluster.lab.host(['npx', '--no-install', 'dind64', 'plan', '--json'], {
        cwd: folder,
        env: hostEnvironment(process.env, cluster.lab.engineEndpoint),
      });
      expect(JSON.parse(stdout)).toHaveProperty('plan.clusterName', 'kubeadm-dind');
    });
  },
  'hard',
);
