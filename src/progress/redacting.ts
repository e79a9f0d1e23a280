import { redact } from './redact.js';
import type { ProgressEvent, Reporter } from './types.js';

/** A reporter that is never told a secret: texts of other programs (kubeadm, registries, an engine) get into events. */
export function createRedactingReporter(reporter: Reporter): Reporter {
  return {
    report: (event) => {
      reporter.report(redactEvent(event));
    },
    close: () => {
      reporter.close();
    },
  };
}

function redactEvent(event: ProgressEvent): ProgressEvent {
  if (event.type === 'summary') return { ...event, lines: event.lines.map(redact) };
  if (event.type === 'command') return { ...event, argv: event.argv.map(redact) };
  if (event.type === 'started' || event.text === undefined) return event;
  return { ...event, text: redact(event.text) };
}
