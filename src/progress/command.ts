import type { ProgressEvent } from '../results/event.js';
import { formatDuration } from './duration.js';
import { firstLine } from './text.js';

const mostCharacters = 200;

/** `$ kubeadm-dind-dns64: cat /etc/resolv.conf  (0.1 s)`; scripts are cut after their first line. */
export function renderCommand({
  where,
  argv,
  durationMs,
  exitCode,
}: Extract<ProgressEvent, { type: 'command' }>): string {
  const text = argv
    .map((argument) =>
      /^[\w@%+=:,./-]+$/.test(argument)
        ? argument
        : `'${firstLine(argument)}${argument.trim().includes('\n') ? ' ...' : ''}'`,
    )
    .join(' ');
  const cut = text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)} ...`;
  return `$ ${where}: ${cut}  (${exitCode === undefined ? 'not ended, ' : exitCode === 0 ? '' : `exit code ${exitCode}, `}${formatDuration(durationMs)})`;
}
