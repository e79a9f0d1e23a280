import { escapeMarkup } from '../render/escape-markup.js';
import type { VerifyCell, VerifyResult } from '../results/verify.js';
import { protocolNames } from './render-text.js';

/** JUnit's XML, as CI systems read it: a suite for each source, a case for each cell; findings on parts in a suite of their own. */
export function renderVerifyJunit(result: VerifyResult): string {
  const parts = result.findings.filter(({ cells, severity }) => cells === 0 && severity === 'wrong');
  const suites = [
    ...(parts.length === 0
      ? []
      : [
          renderSuite(
            'parts of the cluster',
            result,
            parts.map(({ hop, text }) => renderCase('parts', hop, 0, `<failure message="${escapeMarkup(text)}"/>`)),
            { failures: parts.length, skipped: 0 },
          ),
        ]),
    ...result.sources.map((source) => {
      const cells = result.cells.filter((cell) => cell.source === source.id);
      return renderSuite(
        source.name,
        result,
        cells.map((cell) => renderCase(source.name, nameCell(cell, result), cell.ms ?? 0, renderVerdict(cell))),
        {
          failures: cells.filter(({ verdict }) => verdict === 'wrong').length,
          skipped: cells.filter(isSkipped).length,
        },
      );
    }),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dind64 verify ${escapeMarkup(result.cluster)}">\n${suites.join('')}</testsuites>\n`;
}

function renderSuite(
  name: string,
  { startedAt }: VerifyResult,
  cases: readonly string[],
  { failures, skipped }: { failures: number; skipped: number },
): string {
  return `  <testsuite name="${escapeMarkup(name)}" timestamp="${startedAt}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${skipped}">\n${cases.join('')}  </testsuite>\n`;
}

function renderCase(suite: string, name: string, ms: number, body: string): string {
  return `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(name)}" time="${(ms / 1000).toFixed(3)}"${body === '' ? '/>' : `>${body}</testcase>`}\n`;
}

function renderVerdict(cell: VerifyCell): string {
  if (cell.verdict === 'ok') return '';
  if (isSkipped(cell)) return `<skipped message="${escapeMarkup(`${cell.verdict}: ${cell.observed}`)}"/>`;
  return `<failure type="${cell.failure ?? 'other'}" message="${escapeMarkup(cell.observed)}">${escapeMarkup(`expected: ${cell.expected.result} (${cell.expected.reason}); ${cell.hop ?? ''}: ${cell.explanation ?? ''}`)}</failure>`;
}

function nameCell({ target, protocol, port }: VerifyCell, { targets }: VerifyResult): string {
  return `${targets.find(({ id }) => id === target)?.name ?? target} ${protocolNames[protocol]}${port === undefined ? '' : ` ${port}`}`;
}

function isSkipped({ verdict }: VerifyCell): boolean {
  return verdict === 'unverified' || verdict === 'untried';
}
