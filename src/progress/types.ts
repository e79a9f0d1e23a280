/** What a step tells the people who watch: typed, ordered, rendered by a reporter (tty, plain, json, recording). */
export type ProgressEvent =
  | { type: 'started'; step: string; title: string; parent?: string }
  | { type: 'observed'; step: string; text: string }
  | { type: 'finished'; step: string; title: string; parent?: string; durationMs: number; result: 'done' | 'unchanged' | 'skipped'; text?: string }
  | { type: 'failed'; step: string; title: string; parent?: string; durationMs: number; text: string }
  | { type: 'notice'; level: 'info' | 'warning'; text: string }
  /** The end of a command: paragraphs of prose and command lines to paste. */
  | { type: 'summary'; title: string; lines: string[] };

export interface Reporter {
  report(event: ProgressEvent): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}
