import { firstLine } from './text.js';
import type { ProgressEvent } from './types.js';

/** A step that has begun and not ended, as the terminal shows it. */
export interface RunningStep {
  step: string;
  title: string;
  depth: number;
  startedAtMs: number;
  observed: string;
}

/** The steps that run, parents before their children, in the order of their start. */
export class RunningSteps {
  readonly #steps = new Map<string, RunningStep & { parent: string | undefined }>();

  /** Takes in an event; other kinds than those of steps change nothing. */
  apply(event: ProgressEvent, nowMs: number): void {
    if (event.type === 'started') {
      const { step, title, parent } = event;
      this.#steps.set(step, { step, title, parent, depth: this.depthBelow(parent), startedAtMs: nowMs, observed: '' });
    } else if (event.type === 'observed') {
      const found = this.#steps.get(event.step);
      if (found !== undefined) found.observed = firstLine(event.text);
    } else if (event.type === 'finished' || event.type === 'failed') {
      this.#steps.delete(event.step);
    }
  }

  list(): RunningStep[] {
    const below = (parent: string | undefined): RunningStep[] =>
      [...this.#steps.values()]
        .filter((step) => step.parent === parent || (parent === undefined && !this.#steps.has(step.parent ?? '')))
        .flatMap((step) => [step, ...below(step.step)]);
    return below(undefined);
  }

  depthBelow(parent: string | undefined): number {
    const found = parent === undefined ? undefined : this.#steps.get(parent);
    return found === undefined ? 0 : found.depth + 1;
  }
}
