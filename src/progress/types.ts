import type { ProgressEvent } from '../results/event.js';

/** What a step tells the people who watch: typed, ordered, rendered by a reporter (tty, plain, json, github, recording). */
export type { ProgressEvent } from '../results/event.js';

export interface Reporter {
  report(event: ProgressEvent): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}
