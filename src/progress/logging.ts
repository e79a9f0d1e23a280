import type { Logger } from 'pino';
import type { ProgressEvent, Reporter } from './types.js';

/** A reporter whose events stand in the log of the run as well. What steps observe is many lines, and told at `debug` only. */
export function createLoggingReporter(reporter: Reporter, log: Logger): Reporter {
  return {
    report: (event: ProgressEvent) => {
      const { type, ...fields } = event;
      log[type === 'observed' || type === 'command' ? 'debug' : 'info']({ event: type, ...fields });
      reporter.report(event);
    },
    close: () => {
      reporter.close();
    },
  };
}
