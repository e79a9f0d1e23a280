import { DindError } from '../errors.js';
import { renderAnnotation } from '../progress/github.js';
import { redact } from '../progress/redact.js';
import { readEnvironment } from '../settings/environment.js';
import { readTerminalTraits, wantsJson } from '../settings/terminal.js';
import type { Streams } from '../cluster/results.js';
import { choosePaint, compose } from './compose.js';
import type { Composition } from './compose.js';
import { listenForInterruption } from './interruption.js';
import { describeLeftovers } from './leftovers.js';
import { renderError, renderErrorJson, toDindError } from './render-error.js';
import type { Action, VerbTraits } from './verb.js';

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  directory: string;
  streams: Streams;
  exit: (code: number) => void;
}

/** Carries out one verb: settings, context, signals, and every error rendered once. Gives the exit code; never throws. */
export async function runVerb(
  verb: string,
  traits: VerbTraits,
  action: Action,
  surroundings: Surroundings,
): Promise<number> {
  const { env, directory, streams } = surroundings;
  let composition: Composition | undefined;
  const interruption = listenForInterruption(verb, () => {
    composition?.context.reporter.close();
    surroundings.exit(130);
  });
  const crash = watchForCrash();
  try {
    const environment = readEnvironment(env, directory);
    composition = compose({
      verb,
      startsEngine: traits.startsEngine ?? 'never',
      verbose: traits.verbose ?? false,
      environment,
      env,
      streams,
      signal: interruption.signal,
    });
    const { context } = composition;
    context.log.info({ settings: environment.settings, node: process.version }, `running ${verb}`);
    return (
      (await Promise.race([
        action({ context, streams, paint: choosePaint(env, streams) }),
        interruption.overdue,
        crash.happened,
      ])) ?? 0
    );
  } catch (error) {
    return await report(error, { verb, traits, composition, signal: interruption.signal, surroundings });
  } finally {
    crash.dispose();
    interruption.dispose();
    composition?.context.reporter.close();
  }
}

/** Writes an error to stderr, as JSON where progress is JSON; its exit code. */
export function showError(
  error: DindError,
  logFile: string | undefined,
  { env, directory, streams }: Surroundings,
): number {
  const isJson = wantsJson(env, directory);
  streams.stderr.write(redact(isJson ? renderErrorJson(error, logFile) : renderError(error, logFile)));
  if (!isJson && readTerminalTraits(env).github)
    streams.stderr.write(
      redact(
        renderAnnotation(
          'error',
          `dind64: ${error.doing}`,
          [error.observed, ...(error.hint === undefined ? [] : [error.hint])].join('\n'),
        ),
      ),
    );
  return error.exitCode;
}

interface FailedRun {
  verb: string;
  traits: VerbTraits;
  /** `undefined`: it failed before that was made. */
  composition: Composition | undefined;
  signal: AbortSignal;
  surroundings: Surroundings;
}

async function report(error: unknown, { verb, traits, composition, signal, surroundings }: FailedRun): Promise<number> {
  // Whatever an interrupted verb ends with, the interruption is the reason.
  const shown = signal.aborted
    ? await describeInterruption(signal, traits, composition)
    : toDindError(error, `running ${verb}`);
  composition?.context.log.error({ err: error }, shown.message);
  composition?.context.reporter.close();
  return showError(shown, composition?.logFile, surroundings);
}

async function describeInterruption(
  signal: AbortSignal,
  { afterInterruption }: VerbTraits,
  composition: Composition | undefined,
): Promise<DindError> {
  const reason = toDindError(signal.reason, 'running');
  const engine = composition?.engineChoice.connected();
  if (afterInterruption === undefined || composition === undefined || engine === undefined) return reason;
  const clusterName = composition.context.environment.settings.clusterName;
  const left = await describeLeftovers(engine, clusterName);
  return new DindError({
    code: reason.code,
    source: reason.source,
    doing: reason.doing,
    exitCode: reason.exitCode,
    observed: `${reason.observed}; left of ${clusterName}: ${left ?? 'unknown, the engine did not say'}`,
    hint: left === 'nothing' ? undefined : afterInterruption,
  });
}

/** What nobody awaits must not end the process without a word. */
function watchForCrash(): { happened: Promise<never>; dispose: () => void } {
  let crash: (error: unknown) => void = () => undefined;
  const happened = new Promise<never>((_, reject) => {
    crash = reject;
  });
  happened.catch(() => undefined);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  return {
    happened,
    dispose: () => {
      process.off('uncaughtException', crash);
      process.off('unhandledRejection', crash);
    },
  };
}
