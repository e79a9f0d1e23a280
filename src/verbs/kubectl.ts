import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { DindError } from '../errors.js';
import { execInNode } from '../steps/in-node.js';
import type { Context } from '../steps/context.js';
import type { Streams } from '../steps/results.js';
import type { Engine } from '../engine/types.js';
import { findControlPlane, readAdminKubeconfig } from './cluster.js';

/**
 * Runs the cluster's own kubectl (same version as its API) on this machine, so that local files, pipes and terminals work and none
 * has to be installed: on Linux the node's binary is kept in the cache, elsewhere the one on PATH is used. Gives its exit code.
 */
export async function kubectl(context: Context, argv: string[], streams: Streams): Promise<number> {
  const engine = await context.connect();
  const controlPlane = await findControlPlane(engine, context.environment.settings.clusterName);
  const program = process.platform === 'linux' ? await ensureKubectl(context, engine, controlPlane.name) : 'kubectl';
  const directory = await mkdtemp(join(tmpdir(), 'dind64-'));
  try {
    const kubeconfig = join(directory, 'kubeconfig');
    await writeFile(kubeconfig, await readAdminKubeconfig(engine, context.environment.settings.clusterName), { mode: 0o600 });
    return await runProgram(program, [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(context.environment.paths.cache, 'kubectl')}`, ...argv], streams);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Kept by version: `<cache>/bin/kubectl-v1.37.2`. */
async function ensureKubectl(context: Context, engine: Engine, node: string): Promise<string> {
  const version = (await execInNode(engine, node, 'reading the version of kubectl', ['kubectl', 'version', '--client', '-o', 'json'])).match(/"gitVersion":\s*"([^"]+)"/)?.[1];
  const path = join(context.environment.paths.cache, 'bin', `kubectl-${version ?? 'unknown'}`);
  if ((await stat(path).catch(() => undefined)) !== undefined) return path;
  const source = (await execInNode(engine, node, 'finding kubectl', ['sh', '-c', 'readlink -f "$(command -v kubectl)"'])).trim();
  const binary = await engine.readFile(node, source);
  if (binary === undefined) throw new DindError({ code: 'no-kubectl', source: 'environment', doing: 'copying kubectl out of a node', where: node, observed: `there is no ${source}` });
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, binary);
  await chmod(temporary, 0o755);
  await rename(temporary, path);
  return path;
}

async function runProgram(program: string, argv: string[], streams: Streams): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      stdio: [streams.stdin === process.stdin ? 'inherit' : 'pipe', streams.stdout === process.stdout ? 'inherit' : 'pipe', streams.stderr === process.stderr ? 'inherit' : 'pipe'],
    });
    if (child.stdin !== null) streams.stdin.pipe(child.stdin);
    child.stdout?.pipe(streams.stdout, { end: false });
    child.stderr?.pipe(streams.stderr, { end: false });
    child.on('error', (cause) => {
      reject(new DindError({ code: 'no-kubectl', source: 'environment', doing: 'running kubectl', where: program, observed: cause.message, hint: 'install kubectl, or use `docker exec` with the control plane container', cause }));
    });
    child.on('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
  });
}
