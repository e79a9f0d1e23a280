import { execa } from 'execa';
import { EmbeddedEngineDownError } from '../engine/embedded/down-error.js';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { findBaseImage } from '../images/ensure.js';
import { findNeededImages } from '../images/needed.js';
import { labels } from '../labels.js';
import type { ClusterRecord } from '../plan/record.js';
import { adoptRecord } from '../cluster/adopt.js';
import { readRecord } from '../cluster/record.js';
import type { ClusterStatus } from '../results/status.js';
import type { Context } from '../cluster/context.js';
import { findForeignObjects } from '../cluster/foreign-objects.js';
import { scaleLimit } from '../wait.js';
import type { DoctorFacts, DoctorParts, Known } from './facts.js';
import { readEgress, readHost, readKernel, type Place } from './read-host.js';
import { howTo } from '../how-to.js';

/** Limit of each part; on an ordinary machine all of them together take a second or two. */
const partMs = 20_000;

/** Everything that the checks judge, read side by side; changes nothing. `readStatus` is asked only where there is an engine. Never throws but for an interruption. */
export async function readDoctorFacts(given: Context, readStatus: () => Promise<ClusterStatus>): Promise<DoctorFacts> {
  const { engine, problem } = await given.connect().then(
    (found) => ({ engine: found, problem: undefined }),
    (error: unknown) => {
      given.signal.throwIfAborted();
      if (!(error instanceof DindError)) throw error;
      return { engine: undefined, problem: error };
    },
  );
  // One that cannot be read is told by `status`.
  const record =
    engine === undefined
      ? undefined
      : await readRecord(engine, given.environment.settings.clusterName).catch(() => undefined);
  const context = adoptRecord(given, record);
  const { settings, engine: engineEnvironment } = context.environment;
  const base = {
    settings,
    proxy: engineEnvironment.proxy,
    engineProblem: problem,
    mayEmbed: problem instanceof EmbeddedEngineDownError,
  };
  const read = <T>(work: (signal: AbortSignal) => Promise<T>): Promise<Known<T>> => readPart(context, work);
  const noEngine = { unknown: problem?.observed ?? 'there is no engine' };
  const withEngine = <T>(work: (engine: Engine, signal: AbortSignal) => Promise<T>): Promise<Known<T>> | Known<T> =>
    engine === undefined ? noEngine : read((signal) => work(engine, signal));
  const place = await choosePlace(context, engine);
  const atPlace = <T>(work: (place: Place, signal: AbortSignal) => Promise<T>): Promise<Known<T>> | Known<T> =>
    'unknown' in place ? place : read((signal) => work(place.known, signal));
  const atContainer = (where: Exclude<Place, 'this-machine'>): Promise<Known<DoctorParts['kernel']>> =>
    read((signal) => readKernel(where, signal));
  const [engineFacts, host, egress, kernel, images, kubectl, cluster] = await Promise.all([
    withEngine((found) => readEngine(found, context, record)),
    atPlace((where, signal) => readHost(where, settings, signal)),
    atPlace((where, signal) => readEgress(where, settings, signal)),
    'known' in place && place.known !== 'this-machine'
      ? atContainer(place.known)
      : engine === undefined
        ? noEngine
        : { unknown: noImage() },
    withEngine((found) => findNeededImages({ engine: found, settings })),
    read((signal) => readKubectl(signal)),
    withEngine(() => readStatus()),
  ]);
  return {
    ...base,
    engine: engineFacts,
    egress,
    kernel,
    images,
    kubectl,
    cluster,
    host: 'known' in host ? { known: host.known.host } : host,
    machine: 'known' in host ? { known: host.known.machine } : host,
  };
}

const noImage = (): string =>
  `dind64's base image is not on the engine yet (\`${howTo('images')}\` makes it), and without it the engine host cannot be looked at`;

/** A container on the engine host where there can be one; this machine where that is the engine host anyway. */
async function choosePlace({ environment }: Context, engine: Engine | undefined): Promise<Known<Place>> {
  const baseImage = engine === undefined ? undefined : await findBaseImage(engine).catch(() => undefined);
  if (engine !== undefined && baseImage !== undefined) return { known: { engine, baseImage } };
  const isHere =
    engine === undefined
      ? environment.engine.dockerHost === undefined || environment.engine.dockerHost.startsWith('unix:')
      : engine.endpoint.startsWith('unix:') && !(await engine.info()).desktop;
  return process.platform === 'linux' && isHere
    ? { known: 'this-machine' }
    : { unknown: engine === undefined ? 'there is no engine, and its host is not this machine' : noImage() };
}

async function readPart<T>(
  { signal, environment, log }: Context,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Known<T>> {
  const limit = AbortSignal.timeout(scaleLimit(partMs, environment.settings.timeoutMs));
  const late = new Promise<Known<T>>((resolve) => {
    limit.addEventListener(
      'abort',
      () => {
        resolve({ unknown: 'not read in time' });
      },
      { once: true },
    );
  });
  const reading = work(AbortSignal.any([signal, limit])).then(
    (known): Known<T> => ({ known }),
    (error: unknown): Known<T> => {
      signal.throwIfAborted();
      log.warn({ err: error }, 'a part of the facts could not be read');
      return {
        unknown:
          error instanceof Error
            ? ((error instanceof DindError ? error.observed : error.message).split('\n')[0] ?? '')
            : String(error),
      };
    },
  );
  return Promise.race([reading, late]);
}

async function readEngine(
  engine: Engine,
  { environment: { settings } }: Context,
  record: ClusterRecord | undefined,
): Promise<DoctorParts['engine']> {
  const [info, networks, containers, ofClusters, records, foreignObjects] = await Promise.all([
    engine.info(),
    engine.listNetworks(),
    engine.listContainers({ [labels.cluster]: undefined }),
    engine.listVolumes({ [labels.cluster]: undefined }),
    engine.listVolumes({ [labels.role]: 'host-change' }),
    findForeignObjects(engine, settings.clusterName, settings.numWorkers),
  ]);
  const volumes = [...new Map([...ofClusters, ...records].map((volume) => [volume.name, volume])).values()];
  return { endpoint: engine.endpoint, info, networks, containers, volumes, foreignObjects, record };
}

async function readKubectl(signal: AbortSignal): Promise<DoctorParts['kubectl']> {
  const { stdout, failed } = await execa('kubectl', ['version', '--client', '-o', 'json'], {
    reject: false,
    cancelSignal: signal,
  });
  return { version: failed ? undefined : /"gitVersion":\s*"([^"]+)"/.exec(stdout)?.[1] };
}
