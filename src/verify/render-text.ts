import type { CellProtocol, VerifyCell, VerifyResult, VerifyTarget } from '../results/verify.js';

export const protocolNames: Record<CellProtocol, string> = {
  dns: 'DNS',
  icmp: 'ping',
  tcp: 'TCP',
  udp: 'UDP',
  http: 'HTTP',
  https: 'HTTPS',
  'icmp-1400': '1,400 bytes',
  'icmp-8000': '8,000 bytes',
};
export const pathNames = { cluster: 'cluster', nat64: 'NAT64', direct: 'IPv6', host: 'host' } as const;

/** How many wrong cells are told one by one. */
const shownCells = 12;

/** The matrix as a table of targets by sources, then what is wrong, the likely cause first. `all`: every cell on a line of its own. */
export function renderVerifyText(result: VerifyResult, all = false): string {
  const { cells, sources, targets, findings } = result;
  const head = [
    '',
    'EXPECTED',
    ...sources.map(({ kind, node, name }) =>
      kind === 'host' ? 'host' : kind === 'pod' ? `pod@${shorten(node ?? name, result)}` : shorten(name, result),
    ),
  ];
  const rows = targets.map((target) => [
    target.name,
    describeExpected(cells, target),
    ...sources.map((source) =>
      summarize(cells.filter((cell) => cell.source === source.id && cell.target === target.id)),
    ),
  ]);
  const wrong = cells.filter(({ verdict }) => verdict === 'wrong');
  return [
    `${result.cluster}: AAAA use is ${result.mode.aaaa ? 'on' : 'off'} (${result.mode.reason})\n\n`,
    renderColumns(head, rows),
    '\n',
    ...(all
      ? [...cells.map((cell) => `${describeCellLine(cell, result)}\n`), '\n']
      : wrong.slice(0, shownCells).map((cell) => `${describeCellLine(cell, result)}\n`)),
    ...(!all && wrong.length > shownCells ? [`... and ${wrong.length - shownCells} more (-- --all)\n`] : []),
    ...(wrong.length > 0 && !all ? ['\n'] : []),
    ...findings.flatMap(({ severity, hop, text, cells: count, remedy }) => [
      `${severity === 'wrong' ? 'WRONG' : 'warning'} [${hop}] ${text}${count === 0 ? '' : ` (${count} ${count === 1 ? 'cell' : 'cells'})`}\n`,
      ...(remedy === undefined ? [] : [`  ${remedy}\n`]),
    ]),
    ...(findings.length === 0 ? [] : ['\n']),
    `${summarizeResult(result)}\n`,
  ].join('');
}

/** `ok: 312 cells as expected, 12 not verified, in 9.1 s`. */
export function summarizeResult({ outcome, cells, durationMs }: VerifyResult): string {
  const count = (verdict: VerifyCell['verdict']): number => cells.filter((cell) => cell.verdict === verdict).length;
  const parts = [
    `${count('ok')} cells as expected`,
    ...(count('wrong') > 0 ? [`${count('wrong')} wrong`] : []),
    ...(count('unverified') > 0
      ? [`${count('unverified')} not verified (the engine host gets no answer either, or nothing is promised)`]
      : []),
    ...(count('untried') > 0 ? [`${count('untried')} not tried`] : []),
  ];
  return `${outcome}: ${parts.join(', ')}, in ${(durationMs / 1000).toFixed(1)} s`;
}

/** `pod on worker-1 -> v4only.test TCP 443: timed out [nat64: ...]`. */
function describeCellLine(cell: VerifyCell, { sources, targets }: Pick<VerifyResult, 'sources' | 'targets'>): string {
  const source = sources.find(({ id }) => id === cell.source)?.name ?? cell.source;
  const target = targets.find(({ id }) => id === cell.target)?.name ?? cell.target;
  const seen = [
    cell.address,
    cell.ms === undefined ? undefined : `${cell.ms} ms`,
    cell.path === undefined ? undefined : `by ${pathNames[cell.path]}`,
    cell.sourceSeen === undefined ? undefined : `seen as ${cell.sourceSeen}`,
  ].filter((part) => part !== undefined);
  return `${cell.verdict === 'ok' ? 'ok' : cell.verdict === 'wrong' ? 'WRONG' : cell.verdict} ${source} -> ${target} ${protocolNames[cell.protocol]}${cell.port === undefined ? '' : ` ${cell.port}`}: ${cell.observed}${seen.length === 0 ? '' : ` (${seen.join(', ')})`}${cell.hop === undefined ? '' : ` [${cell.hop}]`}`;
}

export function describeExpected(cells: readonly VerifyCell[], target: VerifyTarget): string {
  // Of a pod's or node's cells: the host's own say what it reaches.
  const own = cells.filter((cell) => cell.target === target.id && cell.source !== 'host');
  const expected = own.find(({ protocol }) => protocol !== 'dns')?.expected ?? own[0]?.expected;
  if (expected === undefined) return '';
  if (expected.result !== 'reached') return expected.result;
  return expected.path === undefined ? 'reached' : pathNames[expected.path];
}

function summarize(cells: readonly VerifyCell[]): string {
  if (cells.length === 0) return '';
  const count = (verdict: VerifyCell['verdict']): number => cells.filter((cell) => cell.verdict === verdict).length;
  if (count('wrong') > 0)
    return count('wrong') === cells.length ? 'WRONG' : `${count('wrong')} of ${cells.length} WRONG`;
  if (count('ok') === 0) return '?';
  return count('ok') === cells.length ? 'ok' : `ok ${count('ok')}/${cells.length}`;
}

function shorten(node: string, { cluster }: Pick<VerifyResult, 'cluster'>): string {
  return node.replace(`${cluster}-`, '').replace('control-plane', 'cp').replace('worker-', 'w');
}

function renderColumns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(
      (row) =>
        `${row
          .map((entry, column) => entry.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
