import type { ModeResults, ModeRun } from '../bench-modes.js';
import { median } from './statistics.js';

/** README.md's answer to "is AAAA use worth it?": medians, with the least and the most. */
export function renderModesTable(results: ModeResults): string {
  const cell = (runs: readonly ModeRun[], value: (run: ModeRun) => number, digits: number): string => {
    const values = runs.map(value);
    return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
  };
  const line = (title: string, value: (run: ModeRun) => number, digits: number): string =>
    `| ${title} | ${cell(results.true, value, digits)} | ${cell(results.false, value, digits)} |`;
  return [
    `| Pod to a dual-stack site | \`DIND_ALLOW_AAAA_USE=true\` | \`false\`, NAT64 by \`${results.translator}\` |`,
    '| --- | --- | --- |',
    line(
      `${results.requests.toLocaleString('en')} small requests, a connection each, s`,
      ({ requestsMs }) => requestsMs / 1000,
      2,
    ),
    line(`${(results.bytes / 1e9).toFixed(2)} GB over one connection, s`, ({ gigabyteMs }) => gigabyteMs / 1000, 2),
    line('connections followed on the node', ({ entries }) => entries.node, 0),
    line('and in the NAT64 container', ({ entries }) => entries.nat64, 0),
    '',
    `Medians of ${results.true.length} turns in one cluster in the lab, whose mode was switched between them. Raw data: [docs/bench/modes.json](docs/bench/modes.json).`,
  ].join('\n');
}
