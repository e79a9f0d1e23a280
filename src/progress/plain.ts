import { formatDuration } from './duration.js';
import { renderCommand } from './command.js';
import { firstLine } from './text.js';
import type { ProgressEvent, Reporter } from './types.js';

/** How often a step that takes long says what it is at: a silent log looks like a hung one. */
const sayEveryMs = 30_000;

/** One line for each step's start and end, and now and then for what takes long: for logs, pipes and CI. `write` is given whole lines. */
export function createPlainReporter(
  write: (text: string) => void,
  now: () => number = () => performance.now(),
): Reporter {
  const running = new Map<string, { title: string; startedMs: number; saidMs: number }>();
  const renderObserved = (id: string, text: string): string | undefined => {
    const step = running.get(id);
    if (step === undefined || now() - step.saidMs < sayEveryMs) return undefined;
    step.saidMs = now();
    return `${step.title}: ${firstLine(text)} (${formatDuration(now() - step.startedMs)})`;
  };
  return {
    report: (event) => {
      if (event.type === 'started') running.set(event.step, { title: event.title, startedMs: now(), saidMs: now() });
      const line = event.type === 'observed' ? renderObserved(event.step, event.text) : renderPlain(event);
      if (line !== undefined) write(`${line}\n`);
    },
    close: () => undefined,
  };
}

function renderPlain(event: Exclude<ProgressEvent, { type: 'observed' }>): string {
  switch (event.type) {
    case 'started':
      return `${event.title} ...`;
    case 'finished':
      return `${event.title}: ${event.result} after ${formatDuration(event.durationMs)}${event.text === undefined ? '' : ` (${firstLine(event.text)})`}`;
    case 'failed':
      return `${event.title}: failed after ${formatDuration(event.durationMs)}: ${firstLine(event.text)}`;
    case 'command':
      return `  ${renderCommand(event)}`;
    case 'notice':
      return `${event.level === 'warning' ? 'warning' : 'note'}: ${event.text}`;
    case 'summary':
      return ['', event.title, ...event.lines].join('\n');
  }
}
