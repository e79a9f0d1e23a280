import type { ProgressEvent, Reporter } from './types.js';

/** Keeps every event, for tests and for users of the library. */
export function createRecordingReporter(): Reporter & { readonly events: ProgressEvent[] } {
  const events: ProgressEvent[] = [];
  return {
    events,
    report: (event) => {
      events.push(event);
    },
    close: () => undefined,
  };
}
