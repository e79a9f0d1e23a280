import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { CommandError } from '../errors.js';
import type { AaaaResult } from '../results/aaaa.js';
import type { DumpResult } from '../results/dump.js';
import type { ClusterStatus } from '../results/status.js';
import type { TraceResult } from '../results/trace.js';
import type { VerifyResult } from '../results/verify.js';
import { readOptions, type ClusterOptions } from '../settings/options.js';
import type { Context } from '../cluster/context.js';
import { readRecord } from '../cluster/record.js';
import { setAaaa } from '../verbs/aaaa.js';
import { dump, type DumpOptions } from '../verbs/dump.js';
import { kubeconfig } from '../verbs/kubeconfig.js';
import { kubectl } from '../verbs/kubectl.js';
import { loadImages } from '../verbs/load-image.js';
import { status } from '../verbs/status.js';
import { trace, type TraceOptions } from '../verbs/trace.js';
import { up } from '../verbs/up.js';
import { verify, type VerifyOptions } from '../verbs/verify.js';
import { composeContext, type RunOptions } from './compose.js';
import { removeCluster } from './remove.js';
import { watchThisProcess } from './watch.js';

/** A live cluster. Every function rejects with a DindError: `code` is stable, and `doing`, `where`, `observed` and `hint` are for people. */
export interface Cluster extends AsyncDisposable {
  readonly name: string;
  /** The kubeconfig as YAML text, with an API address on the engine host's loopback. */
  kubeconfig(): string;
  /** Runs the cluster's own kubectl. Throws CommandError, which has what it printed, when its exit code is not 0. `input`: what it reads from stdin. */
  kubectl(argv: readonly string[], options?: { input?: string }): Promise<{ stdout: string; stderr: string }>;
  /** Puts images of the engine's, or archives by their paths, on every node. */
  loadImages(sources: readonly string[]): Promise<void>;
  /** Tries every way from pods, nodes and the engine host, and holds it against what the mode promises. */
  verify(options?: VerifyOptions): Promise<VerifyResult>;
  status(): Promise<ClusterStatus>;
  /** Follows a name and one connection to it from a pod to the world. */
  trace(name: string, options?: TraceOptions): Promise<TraceResult>;
  /** Changes the mode of the live cluster; no container is restarted. */
  setAaaaUse(use: boolean | 'auto'): Promise<AaaaResult>;
  /** Everything that a maintainer needs from a broken cluster, without secrets. */
  dump(options?: DumpOptions): Promise<DumpResult>;
  /** Removes the cluster and restores the engine host; images stay. Not ended by the signal that the cluster was made with. */
  remove(): Promise<void>;
}

/** How `createCluster` runs. */
export interface CreateRunOptions extends RunOptions {
  /**
   * Removes the cluster, be it finished or not, also when this process ends in another way: by Ctrl-C, a crash or `kill -9`. A small process of its own waits for
   * that. Default `false`: it stays then, and the next `createCluster` of that name completes it.
   */
  removeAtExit?: boolean | undefined;
}

/**
 * Makes a cluster, or completes the one of that name, and ends when all nodes are Ready, cluster DNS answers and the connectivity check has passed.
 * Leaving the scope of an `await using` removes it. When it fails or is aborted, what it made is removed, unless a cluster of that name was there before.
 * Throws SettingsError before anything is touched, DindError, WaitError.
 */
export async function createCluster(options: ClusterOptions = {}, run: CreateRunOptions = {}): Promise<Cluster> {
  const context = composeContext(readOptions(options, run.env), run, 'always');
  const { clusterName } = context.environment.settings;
  const before = await readRecord(await context.connect(), clusterName);
  const watch = run.removeAtExit === true ? await watchThisProcess(options, run) : undefined;
  const remove = async (): Promise<void> => {
    await removeCluster(options, run);
    watch?.end();
  };
  try {
    await up(context);
    return { ...(await handle(context, remove)), [Symbol.asyncDispose]: remove };
  } catch (error) {
    // The first error is the one that matters; what cannot be removed is there for `remove` of `connectCluster`.
    if (before === undefined) await remove().catch(() => undefined);
    else watch?.end();
    throw error;
  }
}

/** A cluster that is there, made by whomever. Leaving the scope of an `await using` leaves it alone. Throws DindError `no-cluster`. */
export async function connectCluster(
  options: Pick<ClusterOptions, 'name' | 'engine'> = {},
  run: RunOptions = {},
): Promise<Cluster> {
  const context = composeContext(readOptions(options, run.env), run, 'if-made');
  return handle(context, () => removeCluster(options, run));
}

async function handle(context: Context, remove: Cluster['remove']): Promise<Cluster> {
  const config = await kubeconfig(context);
  return {
    name: context.environment.settings.clusterName,
    kubeconfig: () => config,
    kubectl: (argv, { input = '' } = {}) => runKubectl(context, argv, input),
    loadImages: (sources) => loadImages(context, sources),
    verify: (given) => verify(context, given),
    status: () => status(context),
    trace: (site, given) => trace(context, site, given),
    setAaaaUse: (use) => setAaaa(context, use === 'auto' ? 'auto' : use ? 'on' : 'off'),
    dump: (given) => dump(context, given),
    remove,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function runKubectl(
  context: Context,
  argv: readonly string[],
  input: string,
): Promise<{ stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const status = await kubectl(context, [...argv], { stdin: Readable.from([input]), stdout, stderr }).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [out, err] = await printed;
  if (status !== 0)
    throw new CommandError({
      doing: 'running kubectl',
      where: `cluster ${context.environment.settings.clusterName}`,
      argv: ['kubectl', ...argv],
      status,
      output: `${err}\n${out}`,
    });
  return { stdout: out, stderr: err };
}
