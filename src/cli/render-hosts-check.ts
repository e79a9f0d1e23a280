import type { Paint } from '../progress/text.js';
import type { HostsCheck } from '../results/hosts-check.js';
import { renderFindings, renderSummary } from './render-doctor.js';

/** `hosts check` for people: for each host the lines of `doctor`. */
export function renderHostsCheck(report: HostsCheck, paint: Paint): string {
  const { hosts } = report;
  const blocks = hosts.map(({ name, reachedBy, findings }) => [
    paint.strong(reachedBy === name ? name : `${name} (${reachedBy})`),
    ...renderFindings(findings, paint),
    '',
  ]);
  return `${[...blocks.flat(), renderSummary(report, `${hosts.length} host${hosts.length === 1 ? '' : 's'}`, paint)].join('\n')}\n`;
}
