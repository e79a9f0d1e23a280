import { createPlainReporter } from './plain.js';
import type { ProgressEvent, Reporter } from './types.js';

/**
 * For a log of GitHub Actions: the plain lines of a command in one group that is folded, warnings as annotations, and the summary in plain sight.
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands)
 */
export function createGithubReporter(write: (text: string) => void, name: string): Reporter {
  const plain = createPlainReporter(write);
  let isOpen = false;
  const open = (): void => {
    if (!isOpen) write(`::group::dind64 ${name}\n`);
    isOpen = true;
  };
  const close = (): void => {
    if (isOpen) write('::endgroup::\n');
    isOpen = false;
  };
  return {
    report: (event: ProgressEvent) => {
      if (event.type === 'started') open();
      if (event.type === 'summary') close();
      if (event.type === 'notice' && event.level === 'warning')
        write(renderAnnotation('warning', `dind64 ${name}`, event.text));
      else plain.report(event);
    },
    close,
  };
}

/** One line that GitHub shows at the top of the run; line breaks and percent signs are encoded. */
export function renderAnnotation(level: 'warning' | 'error', title: string, text: string): string {
  const encoded = text.trim().replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return `::${level} title=${title.replaceAll('%', '%25').replaceAll(/[:,\r\n]/g, ' ')}::${encoded}\n`;
}
