import type { CellProtocol, VerifyCell, VerifyResult, VerifySource } from '../results/verify.js';
import { escapeMarkup } from '../render/escape-markup.js';
import { describeExpected, pathNames, protocolNames, summarizeResult } from './render-text.js';

const protocols: readonly CellProtocol[] = ['dns', 'icmp', 'tcp', 'udp', 'http', 'https', 'icmp-1400', 'icmp-8000'];
const marks = { ok: '✓', wrong: '✗', unverified: '?', untried: '–' } as const;

/**
 * One self-contained page: no script, nothing loaded. Every cell opens by a tap (`details`), since a phone has no pointer that could
 * hover; tables scroll inside themselves on a narrow screen. Pure.
 */
export function renderVerifyHtml(result: VerifyResult): string {
  const { cluster, mode, startedAt, outcome, findings, sources } = result;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(cluster)}: connectivity</title>
<style>${style}</style>
</head>
<body>
<header class="${outcome}">
<h1>${escapeMarkup(cluster)}: ${outcome === 'ok' ? 'everything is as expected' : 'something is wrong'}</h1>
<p>${escapeMarkup(summarizeResult(result))}</p>
<p>AAAA use is <strong>${mode.aaaa ? 'on' : 'off'}</strong> (${escapeMarkup(mode.reason)}) · ${escapeMarkup(startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</p>
</header>
${findings.length === 0 ? '' : `<section><h2>What was found</h2>\n<ol class="findings">\n${findings.map(renderFinding).join('')}</ol></section>\n`}<p class="legend"><span class="ok">✓ as expected</span> <span class="wrong">✗ wrong</span> <span class="unverified">? not verified</span> <span class="untried">– not tried</span> · tap a mark for details</p>
${sources.map((source) => renderSource(source, result)).join('')}</body>
</html>
`;
}

function renderFinding({ severity, hop, text, cells, remedy }: VerifyResult['findings'][number]): string {
  return `<li class="${severity}"><b>${escapeMarkup(hop)}</b> ${escapeMarkup(text)}${cells === 0 ? '' : ` <small>(${cells} ${cells === 1 ? 'cell' : 'cells'})</small>`}${remedy === undefined ? '' : `<br><small>${escapeMarkup(remedy)}</small>`}</li>\n`;
}

function renderSource(source: VerifySource, result: VerifyResult): string {
  const own = result.cells.filter((cell) => cell.source === source.id);
  const wrong = own.filter(({ verdict }) => verdict === 'wrong').length;
  const title = `${source.name}${source.address === undefined ? '' : ` <small>${escapeMarkup(source.address)}</small>`}`;
  if (own.length === 0)
    return `<section><h2>${title}</h2><p class="wrong">${escapeMarkup(source.problem ?? 'nothing was tried from there')}</p></section>\n`;
  const rows = result.targets.flatMap((target) => {
    const cells = own.filter((cell) => cell.target === target.id);
    if (cells.length === 0) return [];
    const expected = source.kind === 'host' && target.kind !== 'node' ? '' : describeExpected(result.cells, target);
    return [
      `<tr><th scope="row">${escapeMarkup(target.name)}<small>${escapeMarkup(target.detail)}</small></th><td>${escapeMarkup(expected)}</td>${protocols.map((protocol) => `<td>${renderCell(cells.find((cell) => cell.protocol === protocol))}</td>`).join('')}</tr>\n`,
    ];
  });
  return `<section><h2>${title} <span class="${wrong > 0 ? 'wrong' : 'ok'}">${wrong > 0 ? `${wrong} wrong` : 'ok'}</span></h2>
<div class="scroll"><table><thead><tr><th scope="col">to</th><th scope="col">expected</th>${protocols.map((protocol) => `<th scope="col">${protocolNames[protocol]}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('')}</tbody></table></div></section>
`;
}

function renderCell(cell: VerifyCell | undefined): string {
  if (cell === undefined) return '';
  const facts: [string, string | undefined][] = [
    [
      'expected',
      `${cell.expected.result}${cell.expected.path === undefined ? '' : ` by ${pathNames[cell.expected.path]}`}: ${cell.expected.reason}`,
    ],
    ['seen', cell.observed],
    [
      'address',
      cell.address === undefined ? undefined : `${cell.address}${cell.port === undefined ? '' : ` port ${cell.port}`}`,
    ],
    ['path', cell.path === undefined ? undefined : pathNames[cell.path]],
    ['target saw', cell.sourceSeen],
    ['where', cell.hop],
    ['why', cell.explanation],
  ];
  return `<details class="${cell.verdict}"><summary>${marks[cell.verdict]}${cell.ms === undefined || cell.verdict !== 'ok' ? '' : ` <small>${cell.ms} ms</small>`}</summary><dl>${facts.flatMap(([name, value]) => (value === undefined ? [] : [`<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`])).join('')}</dl></details>`;
}

const style = `
:root{color-scheme:light dark;--ok:#116329;--wrong:#b3261e;--dim:#5f6368;--line:#8884;--back:#fff;--text:#1b1b1f}
@media (prefers-color-scheme:dark){:root{--ok:#7ee787;--wrong:#ff8a80;--dim:#a0a4ab;--back:#14151a;--text:#e6e6ea}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:75rem;padding:0 1rem 3rem;font:15px/1.45 system-ui,sans-serif;background:var(--back);color:var(--text)}
header{margin:1rem 0;padding:.5rem 1rem;border-left:.4rem solid var(--ok)}header.wrong{border-color:var(--wrong)}
h1{font-size:1.35rem;margin:.3rem 0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}p{margin:.3rem 0;overflow-wrap:anywhere}
small{color:var(--dim);font-size:.8rem;font-weight:normal}
.ok,.ok>summary{color:var(--ok)}.wrong,.wrong>summary{color:var(--wrong)}.unverified,.untried,.warning{color:var(--dim)}
header.ok,header.wrong{color:inherit}
.findings{padding-left:1.4rem}.findings li{margin:.5rem 0;overflow-wrap:anywhere}
.legend{font-size:.9rem}.legend span{margin-right:.6rem;white-space:nowrap}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.3rem .45rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);white-space:nowrap}
thead th{border-top:0;color:var(--dim);font-weight:600}
tbody th{position:sticky;left:0;background:var(--back);font-weight:600;min-width:8rem;max-width:11rem;white-space:normal;overflow-wrap:anywhere}tbody th small{display:block}
summary{cursor:pointer;list-style:none;min-height:1.5rem;white-space:nowrap}summary::-webkit-details-marker{display:none}
details.wrong>summary{font-weight:700}
dl{margin:.3rem 0;width:15rem;white-space:normal;color:var(--text);overflow-wrap:anywhere}dt{color:var(--dim);font-size:.8rem}dd{margin:0 0 .25rem}
`;
