import type { Reporter } from './types.js';

/** One JSON object a line, each with its time: the events as they are, for programs. */
export function createJsonReporter(write: (text: string) => void, now: () => Date = () => new Date()): Reporter {
  return {
    report: (event) => {
      write(`${JSON.stringify({ time: now().toISOString(), ...event })}\n`);
    },
    close: () => undefined,
  };
}
