import path from 'node:path';
import { watchEngine } from '../engine/watched-engine.js';
import type { RanCommand } from '../engine/watched-engine.js';
import type { Engine } from '../engine/types.js';
import { readExpectations } from '../progress/expectations.js';
import type { Expectations } from '../progress/expectations.js';
import { createGithubReporter } from '../progress/github.js';
import { createJsonReporter } from '../progress/json.js';
import { createLoggingReporter } from '../progress/logging.js';
import { createLogger } from '../progress/logger.js';
import { createPlainReporter } from '../progress/plain.js';
import { createRedactingReporter } from '../progress/redacting.js';
import { createPaint } from '../progress/text.js';
import type { Paint } from '../progress/text.js';
import { createTtyReporter } from '../progress/tty.js';
import type { Terminal } from '../progress/tty.js';
import type { Reporter } from '../progress/types.js';
import { readTerminalTraits } from '../settings/terminal.js';
import type { Environment, Settings } from '../settings/types.js';
import type { Context } from '../cluster/context.js';
import type { Streams } from '../cluster/results.js';
import { createEngineChoice } from '../cluster/engine-choice.js';
import type { EngineChoice, StartsEngine } from '../cluster/engine-choice.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface Composition {
  context: Context;
  engineChoice: EngineChoice;
  logFile: string | undefined;
}

interface ComposeRequest {
  verb: string;
  startsEngine: StartsEngine;
  verbose: boolean;
  environment: Environment;
  env: Env;
  streams: Streams;
  signal: AbortSignal;
}

/** The one place where drivers and reporters are built. */
export function compose({
  verb,
  startsEngine,
  verbose,
  environment,
  env,
  streams,
  signal,
}: ComposeRequest): Composition {
  const { settings, paths, notices } = environment;
  const { log, file } = createLogger(path.join(paths.state, 'logs'), settings.logLevel, verb);
  const expectations = readExpectations(path.join(paths.state, 'durations.json'), verb);
  const shown = createReporter({ output: settings.output, verb, env, streams, expectations });
  const reporter = createRedactingReporter(createLoggingReporter(expectations.learning(shown), log));
  for (const text of notices) reporter.report({ type: 'notice', level: 'info', text });
  const engineChoice = createEngineChoice({ environment, reporter, signal, startsEngine });
  let watched: Promise<Engine> | undefined;
  const disconnect: Context['disconnect'] = (options) => {
    watched = undefined;
    return engineChoice.disconnect(options);
  };
  const tell = (command: RanCommand): void => {
    if (verbose) reporter.report({ type: 'command', ...command });
    else log.debug({ event: 'command', ...command });
  };
  const connect = (): Promise<Engine> =>
    (watched ??= engineChoice.connect().then((engine) => watchEngine(engine, tell)));
  return { context: { environment, connect, disconnect, reporter, log, signal }, engineChoice, logFile: file };
}

/** Colours for results: on a terminal that wants them. */
export function choosePaint(env: Env, { stdout }: Streams): Paint {
  const { colours, dumb } = readTerminalTraits(env);
  return createPaint(colours && !dumb && (stdout as { isTTY?: boolean }).isTTY === true);
}

interface ReporterRequest {
  output: Settings['output'];
  verb: string;
  env: Env;
  streams: Streams;
  expectations: Expectations;
}

function createReporter({ output, verb, env, streams, expectations: { expectedMs } }: ReporterRequest): Reporter {
  const { colours, dumb, github } = readTerminalTraits(env);
  const terminal = streams.stderr as NodeJS.WritableStream & Terminal & { isTTY?: boolean };
  const write = (text: string): void => {
    terminal.write(text);
  };
  if (output === 'json') return createJsonReporter(write);
  const live = output === 'tty' || (output === 'auto' && terminal.isTTY === true && !dumb);
  if (live) return createTtyReporter(terminal, colours, { expectedMs });
  return output === 'auto' && github ? createGithubReporter(write, verb) : createPlainReporter(write);
}
