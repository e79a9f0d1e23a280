import type { Paint } from '../progress/text.js';
import type { DoctorFinding, DoctorReport } from '../results/doctor.js';
import { formatDuration } from '../progress/duration.js';

/** `doctor` for people: a line for each check, and below what is not well what was looked at and what to do. */
export function renderDoctor(report: DoctorReport, paint: Paint): string {
  const checks = `${report.findings.length} checks`;
  return `${[...renderFindings(report.findings, paint), '', renderSummary(report, checks, paint)].join('\n')}\n`;
}

/** How much was looked at, in what time, and how many findings are not well. */
export function renderSummary(
  { counts, durationMs }: Pick<DoctorReport, 'counts' | 'durationMs'>,
  looked: string,
  paint: Paint,
): string {
  return [
    `${looked} in ${formatDuration(durationMs)}`,
    ...(counts.failure > 0 ? [paint.bad(countOf(counts.failure, 'failure'))] : []),
    ...(counts.warning > 0 ? [paint.warning(countOf(counts.warning, 'warning'))] : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} unknown`] : []),
    ...(counts.failure + counts.warning + counts.unknown === 0 ? [paint.good('all is well')] : []),
  ].join(', ');
}

/** A line for each finding, and below what is not well what was looked at and what to do; at the end what could not be looked at. */
export function renderFindings(findings: readonly DoctorFinding[], paint: Paint): string[] {
  const width = Math.max(...findings.map(({ title }) => title.length));
  const lines = findings
    .filter(({ status }) => status !== 'unknown')
    .flatMap((finding) => renderFinding(finding, width, paint));
  return [...lines, ...renderUnknown(findings, paint)];
}

/** What could not be looked at, by the reason: an engine that does not answer takes many checks along. */
function renderUnknown(findings: readonly DoctorFinding[], paint: Paint): string[] {
  const unknown = findings.filter(({ status }) => status === 'unknown');
  const reasons = [...new Set(unknown.map(({ seen }) => seen))];
  return reasons.map(
    (reason) =>
      `${marks.unknown(paint)} ${paint.dim(`not looked at, ${reason}:`)} ${unknown
        .filter(({ seen }) => seen === reason)
        .map(({ title }) => title)
        .join(', ')}`,
  );
}

function renderFinding({ status, title, looked, seen, remedy }: DoctorFinding, width: number, paint: Paint): string[] {
  const indent = ' '.repeat(width + 7);
  const line = `${marks[status](paint)} ${title.padEnd(width)}  ${seen}`;
  if (status === 'ok') return [line];
  return [
    line,
    `${indent}${paint.dim(`looked at: ${looked}`)}`,
    ...(remedy ?? '')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => `${indent}${paint.strong(text)}`),
  ];
}

const marks: Record<DoctorFinding['status'], (paint: Paint) => string> = {
  ok: (paint) => paint.good('ok  '),
  warning: (paint) => paint.warning('warn'),
  failure: (paint) => paint.bad('FAIL'),
  unknown: (paint) => paint.dim('?   '),
};

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
