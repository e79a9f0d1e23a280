import path from 'node:path';
import { createJsonReporter } from '../progress/json.js';
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
import type { Context } from '../steps/context.js';
import type { Streams } from '../steps/results.js';
import { createEngineChoice } from './engine-choice.js';
import type { EngineChoice } from './engine-choice.js';
import type { StartsEngine } from './verb.js';

type Env = Readonly<Record<string, string | undefined>>;

export interface Composition { context: Context; engineChoice: EngineChoice; logFile: string | undefined }

interface ComposeRequest { verb: string; startsEngine: StartsEngine; environment: Environment; env: Env; streams: Streams; signal: AbortSignal }

/** The one place where drivers and reporters are built. */
export function compose({ verb, startsEngine, environment, env, streams, signal }: ComposeRequest): Composition {
  const { settings, paths, notices } = environment;
  const reporter = createRedactingReporter(createReporter(settings.output, env, streams));
  const { log, file } = createLogger(path.join(paths.state, 'logs'), settings.logLevel, verb);
  for (const text of notices) reporter.report({ type: 'notice', level: 'info', text });
  const engineChoice = createEngineChoice({ environment, reporter, signal, startsEngine });
  const { connect, disconnect } = engineChoice;
  return { context: { environment, connect, disconnect, reporter, log, signal }, engineChoice, logFile: file };
}

/** Colours for results: on a terminal that wants them. */
export function choosePaint(env: Env, { stdout }: Streams): Paint {
  const { colours, dumb } = readTerminalTraits(env);
  return createPaint(colours && !dumb && (stdout as { isTTY?: boolean }).isTTY === true);
}

function createReporter(output: Settings['output'], env: Env, streams: Streams): Reporter {
  const { colours, dumb } = readTerminalTraits(env);
  const terminal = streams.stderr as NodeJS.WritableStream & Terminal & { isTTY?: boolean };
  const write = (text: string): void => { terminal.write(text); };
  if (output === 'json') return createJsonReporter(write);
  const live = output === 'tty' || (output === 'auto' && terminal.isTTY === true && !dumb);
  return live ? createTtyReporter(terminal, colours) : createPlainReporter(write);
}
