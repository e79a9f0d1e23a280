import { mkdtemp, open, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { DindError } from '../errors.js';
import type { Context } from '../cluster/context.js';
import type { Streams } from '../cluster/results.js';
import { findControlPlane, readAdminAccess, renderAdminKubeconfig, type AdminAccess } from '../cluster/access.js';
import { findReachableServer } from '../cluster/api-servers.js';
import type { Engine } from '../engine/types.js';
import { ensureKubectl } from './kubectl-binary.js';
import { howTo } from '../how-to.js';

/**
 * Runs the cluster's own kubectl (same version as its API) on this machine, so that local files, pipes and terminals work and none
 * has to be installed: on Linux the node's binary is kept in the cache, elsewhere the one on PATH is used. Gives its exit code, 130 after
 * an interruption.
 */
export async function kubectl(context: Context, argv: string[], streams: Streams): Promise<number> {
  const engine = await context.connect();
  const controlPlane = await findControlPlane(engine, context.environment.settings.clusterName);
  const program =
    process.platform === 'linux'
      ? await ensureKubectl(engine, controlPlane.name, context.environment.paths.cache)
      : 'kubectl';
  const access = await readAdminAccess(engine, context.environment.settings.clusterName);
  const server = await findReachableServer(access.servers, access.caData);
  if (server === undefined) throw unreachable(engine, access);
  await using credentials = await writeCredentials(renderAdminKubeconfig(access, server));
  const options = [
    `--kubeconfig=${credentials.path}`,
    `--cache-dir=${join(context.environment.paths.cache, 'kubectl')}`,
  ];
  return runProgram([program, ...options, ...argv], credentials.descriptors, streams, context.signal);
}

function unreachable(engine: Engine, { servers }: AdminAccess): DindError {
  return new DindError({
    code: 'api-unreachable',
    source: 'environment',
    doing: 'looking for the Kubernetes API',
    where: engine.endpoint,
    observed: `it answers neither at ${servers.published}, on the engine host's loopback, nor at ${servers.internal}, on the node network`,
    hint: `${howTo('status')}     # on the engine host; elsewhere, \`${howTo('up')}\` says how to get to it`,
  });
}

interface Credentials extends AsyncDisposable {
  path: string;
  descriptors: number[];
}

/** On Linux in a file without a name, which ends with the last process that has it open, however that one ends; elsewhere in a folder of its own. */
async function writeCredentials(kubeconfig: string): Promise<Credentials> {
  const directory = await mkdtemp(join(tmpdir(), 'dind64-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const path = join(directory, 'kubeconfig');
  try {
    const file = await open(path, 'wx+', 0o600);
    if (process.platform === 'linux') await remove();
    await file.writeFile(kubeconfig);
    // As the child's fourth descriptor; Linux opens it anew for each reader.
    if (process.platform === 'linux')
      return { path: '/proc/self/fd/3', descriptors: [file.fd], [Symbol.asyncDispose]: () => file.close() };
    await file.close();
    return { path, descriptors: [], [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What kubectl may take to end; the command itself is given a second more (cli/interruption.ts). */
const graceMs = 1500;

/** Its program is ended with us: a terminal's Ctrl-C reaches it anyway, a signal sent to our process alone does not. */
async function runProgram(
  [program = '', ...argv]: string[],
  descriptors: number[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      stdio: [
        streams.stdin === process.stdin ? 'inherit' : 'pipe',
        streams.stdout === process.stdout ? 'inherit' : 'pipe',
        streams.stderr === process.stderr ? 'inherit' : 'pipe',
        ...descriptors,
      ],
    });
    const end = (): void => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      child.once('exit', () => {
        clearTimeout(timer);
      });
    };
    signal.addEventListener('abort', end, { once: true });
    if (child.stdin !== null) streams.stdin.pipe(child.stdin);
    child.stdout?.pipe(streams.stdout, { end: false });
    child.stderr?.pipe(streams.stderr, { end: false });
    child.on('error', (cause) => {
      reject(
        new DindError({
          code: 'no-kubectl',
          source: 'environment',
          doing: 'running kubectl',
          where: program,
          observed: cause.message,
          hint: 'install kubectl, or use `docker exec` with the control plane container',
          cause,
        }),
      );
    });
    child.on('close', (code, name) => {
      signal.removeEventListener('abort', end);
      resolve(signal.aborted ? 130 : (code ?? (name === null ? 1 : 130)));
    });
  });
}
