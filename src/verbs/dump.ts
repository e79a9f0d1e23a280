import path from 'node:path';
import type { ZodType } from 'zod';
import { collectSources } from '../dump/collect.js';
import { findKnownCauses } from '../dump/known-causes.js';
import { renderIndex } from '../dump/render-index.js';
import type { CollectedFile, Source } from '../dump/source.js';
import { listClusterSources } from '../dump/sources/cluster.js';
import { listEngineSources } from '../dump/sources/engine.js';
import { listHelperSources } from '../dump/sources/helpers.js';
import { listHostSources } from '../dump/sources/host.js';
import { listNodeSources } from '../dump/sources/nodes.js';
import { listOwnSources } from '../dump/sources/own.js';
import { ensureWritable, isArchive, nameDump, writeDump } from '../dump/write.js';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { findBaseImage } from '../images/ensure.js';
import { labels } from '../labels.js';
import { doctorReport } from '../results/doctor.js';
import type { DumpResult } from '../results/dump.js';
import { verifyResult } from '../results/verify.js';
import type { Context } from '../cluster/context.js';
import { runPhase } from '../cluster/phase.js';
import { scaleLimit } from '../wait.js';
import { listClusterContainers } from '../cluster/access.js';
import { doctor } from './doctor.js';
import { requireRunningCluster } from '../cluster/running.js';
import { status } from './status.js';
import { verify } from './verify.js';
import { howTo } from '../how-to.js';

export interface DumpOptions {
  /** A folder that is made, or an archive by its name (`.tar.gz`, `.tgz`); default: a folder in the state folder, where the last ten stay. */
  to?: string | undefined;
  /** Logs of pods of all namespaces, not of Kubernetes' own alone: they may hold anything. */
  allLogs?: boolean | undefined;
  /** The error that it is made for, as people are shown it. */
  failure?: string;
}

/** Limit of all that is read. */
const readMs = 45_000;

/**
 * Everything that a maintainer needs from a broken cluster, in one place, without secrets. Works without an engine, on half a cluster and on one whose API
 * is dead: what cannot be read is named in the index. Throws where it cannot be written.
 */
export async function dump(context: Context, options: DumpOptions = {}): Promise<DumpResult> {
  return runPhase(context, 'dump', 'dump', async () => {
    const value = await makeDump(context, options);
    return { value, text: `${value.files.length} files in ${value.path}` };
  });
}

async function makeDump(context: Context, { to, allLogs = false, failure }: DumpOptions): Promise<DumpResult> {
  const { environment, signal } = context;
  const { clusterName, timeoutMs } = environment.settings;
  const made = new Date();
  const target = to === undefined ? await nameDump(environment.paths.state, clusterName, made) : path.resolve(to);
  await ensureWritable(target).catch((error: unknown) => {
    throw cannotWrite(target, error);
  });
  const sources = [...(await listOwnSources(environment)), ...(await listLookSources(context, allLogs))];
  const { files, missing } = await collectSources(sources, scaleLimit(readMs, timeoutMs), signal);
  const causes = findKnownCauses(
    files
      .filter((file) => file.path.startsWith('nodes/'))
      .map(({ content }) => content)
      .join('\n'),
  );
  const index: CollectedFile = {
    path: 'index.html',
    about: 'the page to start at',
    content: renderIndex({
      clusterName,
      made,
      failure,
      causes,
      doctor: readResult(files, doctorFile, doctorReport),
      verify: readResult(files, verifyFile, verifyResult),
      files,
      missing,
    }),
  };
  await writeDump(target, [index, ...files], made).catch((error: unknown) => {
    throw cannotWrite(target, error);
  });
  return {
    path: target,
    index: isArchive(target) ? index.path : path.join(target, index.path),
    files: [index, ...files].map(({ content, ...file }) => ({ ...file, bytes: Buffer.byteLength(content) })),
    missing,
    causes,
  };
}

/** What is asked of the engine and of the cluster; without an engine `doctor` is all there is. */
async function listLookSources(context: Context, allLogs: boolean): Promise<Source[]> {
  const engine = await context.connect().catch(() => {
    context.signal.throwIfAborted();
    return undefined;
  });
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  const always: Source[] = [
    { path: doctorFile, about: 'what doctor found', read: async () => json(await doctor(context)) },
  ];
  if (engine === undefined) return always;
  const { clusterName } = context.environment.settings;
  const [containers, baseImage] = await Promise.all([
    listClusterContainers(engine, clusterName, ['control-plane', 'worker', 'dns64', 'nat64', 'api', 'host']),
    findBaseImage(engine),
  ]);
  const withRole = (...roles: string[]): typeof containers =>
    containers.filter((container) => roles.includes(container.labels[labels.role] ?? ''));
  const [controlPlane] = withRole('control-plane');
  return [
    ...always,
    { path: 'status.json', about: 'what status says', read: async () => json(await status(context)) },
    {
      path: 'plan.json',
      about: 'the record of the cluster, and the plan that is made of it',
      read: () => readPlan(context, engine),
    },
    ...listEngineSources(engine),
    ...(baseImage === undefined ? [] : listHostSources(engine, baseImage)),
    ...listNodeSources(engine, withRole('control-plane', 'worker'), allLogs),
    ...listHelperSources(engine, withRole('dns64', 'nat64', 'api', 'host')),
    ...(controlPlane?.status === 'running'
      ? [
          {
            path: verifyFile,
            about: 'what verify found: the connectivity matrix',
            read: async (signal: AbortSignal) => json(await verify({ ...context, signal })),
          },
          ...listClusterSources(engine, controlPlane.name),
        ]
      : []),
  ];
}

const doctorFile = 'doctor.json';
const verifyFile = 'verify.json';

async function readPlan(context: Context, engine: Engine): Promise<string> {
  const { record, plan } = await requireRunningCluster(context, engine);
  return JSON.stringify({ record, plan }, null, 2);
}

function readResult<T>(files: readonly CollectedFile[], name: string, schema: ZodType<T>): T | undefined {
  return schema.safeParse(JSON.parse(files.find(({ path: file }) => file === name)?.content ?? 'null')).data;
}

function cannotWrite(target: string, error: unknown): DindError {
  return new DindError({
    code: 'dump-not-written',
    source: 'environment',
    doing: 'writing the dump',
    where: target,
    observed: error instanceof Error ? error.message : String(error),
    hint: `name another place: ${howTo('dump --to PATH')}`,
    cause: error,
  });
}
