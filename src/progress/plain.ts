import { formatDuration } from './duration.js';
import { firstLine } from './text.js';
import type { ProgressEvent, Reporter } from './types.js';

/** One line for each step's start and end: for logs, pipes and CI. `write` is given whole lines. */
export function createPlainReporter(write: (text: string) => void): Reporter {
  return {
    report: (event) => {
      const line = renderPlain(event);
      if (line !== undefined) write(`${line}\n`);
    },
    close: () => undefined,
  };
}

function renderPlain(event: ProgressEvent): string | undefined {
  switch (event.type) {
    case 'started': return `${event.title} ...`;
    case 'finished': return `${event.title}: ${event.result} after ${formatDuration(event.durationMs)}${event.text === undefined ? '' : ` (${firstLine(event.text)})`}`;
    case 'failed': return `${event.title}: failed after ${formatDuration(event.durationMs)}: ${firstLine(event.text)}`;
    case 'notice': return `${event.level === 'warning' ? 'warning' : 'note'}: ${event.text}`;
    case 'summary': return ['', event.title, ...event.lines].join('\n');
    case 'observed': return undefined;
  }
}
