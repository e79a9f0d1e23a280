import { pino } from 'pino';
import { createEngineChoice, type StartsEngine } from '../cluster/engine-choice.js';
import type { Context } from '../cluster/context.js';
import { createRedactingReporter } from '../progress/redacting.js';
import type { Reporter } from '../progress/types.js';
import type { Environment } from '../settings/types.js';

/** How a function of the library runs. */
export interface RunOptions {
  /** Ends whatever runs; the promise then rejects with a DindError `interrupted`, or `timed-out` for `AbortSignal.timeout`. */
  signal?: AbortSignal | undefined;
  /** Is told of each step as it starts and ends. Default: nobody is. */
  reporter?: Reporter | undefined;
  /**
   * Where the engine, proxies, Docker's configuration and caches are: `process.env`, to find them as Docker's own client does. Default: the default
   * places. Settings (`DIND_*`) are not read from it.
   */
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

const silent: Reporter = { report: () => undefined, close: () => undefined };

/** What verbs are given, without a log file, a terminal or the process's signals. */
export function composeContext(
  environment: Environment,
  { signal = new AbortController().signal, reporter = silent }: RunOptions,
  startsEngine: StartsEngine,
): Context {
  const redacting = createRedactingReporter(reporter);
  const { connect, disconnect } = createEngineChoice({ environment, reporter: redacting, signal, startsEngine });
  return { environment, connect, disconnect, reporter: redacting, log: pino({ enabled: false }), signal };
}
