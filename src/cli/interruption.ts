import { setMaxListeners } from 'node:events';
import { DindError } from '../errors.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After the first signal a verb may take this long to end by itself; all in all a command ends within five seconds. */
const graceMs = 2500;

export interface Interruption {
  /** Aborted by the first signal; its reason is a DindError `interrupted`. */
  readonly signal: AbortSignal;
  /** Rejects when an aborted verb has not ended in time; otherwise it never settles. */
  readonly overdue: Promise<never>;
  /** Gives the signals back to the process. */
  dispose(): void;
}

/** Listens for Ctrl-C and its like. `onSecond` is called for a second one: the user will not wait. */
export function listenForInterruption(verb: string, onSecond: () => void): Interruption {
  const controller = new AbortController();
  // All that runs listens to it.
  setMaxListeners(0, controller.signal);
  let timer: NodeJS.Timeout | undefined;
  let expire: (error: DindError) => void = () => undefined;
  const overdue = new Promise<never>((_, reject) => {
    expire = reject;
  });
  // Nobody may be waiting for it.
  overdue.catch(() => undefined);
  const listener = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      onSecond();
      return;
    }
    const error = interrupted(verb, name);
    controller.abort(error);
    timer = setTimeout(() => {
      expire(error);
    }, graceMs);
  };
  for (const name of signals) process.on(name, listener);
  return {
    signal: controller.signal,
    overdue,
    dispose: () => {
      clearTimeout(timer);
      for (const name of signals) process.off(name, listener);
    },
  };
}

function interrupted(verb: string, name: string): DindError {
  return new DindError({
    code: 'interrupted',
    source: 'user',
    doing: `running ${verb}`,
    observed: `stopped by ${name}`,
    exitCode: 130,
  });
}
