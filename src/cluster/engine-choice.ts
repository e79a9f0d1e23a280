import { existsSync } from 'node:fs';
import path from 'node:path';
import { connectDocker, connectSocket } from '../engine/connect.js';
import { isDebianLike } from '../engine/embedded/debian.js';
import {
  embeddedSocket,
  ensureEmbeddedEngine,
  isEmbeddedEngineRunning,
  stopAndCleanEmbeddedEngine,
} from '../engine/embedded/ensure.js';
import { dockerIsInstalled } from '../engine/install-traces.js';
import type { Engine } from '../engine/types.js';
import { EmbeddedEngineDownError, NeverHadEngineError } from '../engine/embedded/down-error.js';
import { labels } from '../labels.js';
import type { Reporter } from '../progress/types.js';
import type { Environment } from '../settings/types.js';
import { howTo } from '../how-to.js';

/** `if-made`: only one that has run before, whose clusters are still in its data. */
export type StartsEngine = 'always' | 'if-made' | 'never';

export interface EngineChoice {
  connect: () => Promise<Engine>;
  disconnect: (options: { removeCache: boolean }) => Promise<void>;
  /** The engine, once it has been connected to. */
  connected: () => Engine | undefined;
}

interface ChoiceRequest {
  environment: Environment;
  reporter: Reporter;
  signal: AbortSignal;
  startsEngine: StartsEngine;
}

/** The engine of one command: the user's Docker, or the embedded one where no Docker is installed (README, Quick start). Chosen once. */
export function createEngineChoice(request: ChoiceRequest): EngineChoice {
  const { environment } = request;
  let pending: Promise<{ engine: Engine; embedded: boolean }> | undefined;
  let connected: Engine | undefined;
  const choose = (): Promise<{ engine: Engine; embedded: boolean }> => (pending ??= chooseEngine(request));
  return {
    connect: async () => (connected = (await choose()).engine),
    disconnect: async ({ removeCache }) => {
      const chosen = await pending;
      if (chosen?.embedded !== true || (await hasOtherClusters(chosen.engine, environment.settings.clusterName)))
        return;
      await stopAndCleanEmbeddedEngine(environment.paths, { images: removeCache });
      pending = undefined;
      connected = undefined;
    },
    connected: () => connected,
  };
}

async function chooseEngine(request: ChoiceRequest): Promise<{ engine: Engine; embedded: boolean }> {
  const { environment, reporter, signal, startsEngine } = request;
  const [embedded, running] = await Promise.all([wantsEmbedded(environment), isRunning()]);
  if (!embedded) {
    if (running)
      reporter.report({
        type: 'notice',
        level: 'warning',
        text: `an embedded engine of dind64's runs beside this Docker: ${howTo('clean', 'DIND_ENGINE=embedded')} ends it`,
      });
    return { engine: await connectDocker(environment.engine, { signal }), embedded };
  }
  if (!running) {
    const made = existsSync(path.join(environment.paths.cache, 'engine'));
    if (!(startsEngine === 'always' || (startsEngine === 'if-made' && made))) throw noEngine(made);
    await startEmbedded(request);
  }
  return { engine: await connectSocket(embeddedSocket, environment.engine, { signal }), embedded };
}

/** `auto`: a Docker that is installed, be it stopped, is the user's choice; its error says what to do. */
async function wantsEmbedded({ settings, engine }: Environment): Promise<boolean> {
  if (settings.engine !== 'auto') return settings.engine === 'embedded';
  if (await dockerIsInstalled(engine)) return false;
  return process.platform === 'linux' && process.getuid?.() === 0 && (await isDebianLike());
}

/** Only root on Linux can have started it. */
async function isRunning(): Promise<boolean> {
  return process.platform === 'linux' && process.getuid?.() === 0 && (await isEmbeddedEngineRunning());
}

async function startEmbedded({ environment, reporter, signal }: ChoiceRequest): Promise<void> {
  const step = 'embedded-engine';
  const title = 'embedded Docker engine';
  const start = performance.now();
  reporter.report({ type: 'started', step, title });
  try {
    await ensureEmbeddedEngine({
      paths: environment.paths,
      env: environment.engine,
      signal,
      onLine: (text) => {
        reporter.report({ type: 'observed', step, text });
      },
    });
  } catch (error) {
    reporter.report({
      type: 'failed',
      step,
      title,
      durationMs: performance.now() - start,
      text: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
  reporter.report({
    type: 'finished',
    step,
    title,
    durationMs: performance.now() - start,
    result: 'done',
    text: 'no Docker is installed here',
  });
}

/** Objects that belong to a cluster carry its name. */
async function hasOtherClusters(engine: Engine, clusterName: string): Promise<boolean> {
  const [containers, networks] = await Promise.all([
    engine.listContainers({ [labels.cluster]: undefined }),
    engine.listNetworks(),
  ]);
  return [...containers, ...networks].some(
    (object) => ![undefined, clusterName].includes(object.labels[labels.cluster]),
  );
}

function noEngine(made: boolean): EmbeddedEngineDownError {
  const details = {
    source: 'environment',
    doing: 'finding a Docker engine',
    observed: 'no Docker is installed, and the embedded engine does not run',
    hint: `\`${howTo('up')}\` starts it`,
  } as const;
  return made
    ? new EmbeddedEngineDownError({ code: 'engine-stopped', ...details })
    : new NeverHadEngineError({ code: 'engine-not-found', ...details });
}
