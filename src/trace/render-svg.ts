import { escapeMarkup } from '../render/escape-markup.js';
import type { TraceAnswer, TraceResult, TraceSegment } from '../results/trace.js';
import { describePacket } from './render-text.js';

interface Point {
  x: number;
  y: number;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  title: string;
  lines: string[];
  kind: 'host' | 'node' | 'part' | 'far';
}

const width = 1000;
const top = 460;
const lineHeight = 20;
/** Where the ways of both modes run; each part is drawn from its point to the next one. */
const ways: Record<'nat64' | 'direct', Point[]> = {
  nat64: [
    { x: 215, y: 372 },
    { x: 300, y: 372 },
    { x: 400, y: 372 },
    { x: 700, y: 372 },
    { x: 785, y: 372 },
  ],
  direct: [
    { x: 215, y: 332 },
    { x: 300, y: 332 },
    { x: 700, y: 252 },
    { x: 785, y: 252 },
  ],
};
/** NAT64's other side: the way goes on behind the box. */
const behindNat64 = 560;

/**
 * The picture of one traced connection: both ways out, the taken one bold as far as it was seen, with a letter on each part and its packet below,
 * and the questions for the name by numbers. Self-contained; pure.
 */
export function renderTraceSvg(result: TraceResult): string {
  const rows = describeRows(result);
  const height = top + rows.length * lineHeight + 24;
  const other = result.path === 'direct' ? 'nat64' : 'direct';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeMarkup(describeWhole(result))}">
<style>${style}</style>
<defs>${['taken', 'other', 'ask'].map((name) => `<marker id="${name}-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="${name === 'taken' ? 4 : 7}" markerHeight="${name === 'taken' ? 4 : 7}" orient="auto-start-reverse"><path class="${name}-head" d="M0 0 10 5 0 10z"/></marker>`).join('')}</defs>
<rect class="back" width="${width}" height="${height}"/>
<text class="title" x="24" y="34">${escapeMarkup(`${result.name} port ${result.port}: ${result.path === undefined ? 'no address' : result.path === 'nat64' ? 'through NAT64, as IPv4' : 'directly, as IPv6'}`)}</text>
<text class="sub" x="24" y="54">${escapeMarkup(`AAAA use is ${result.mode.aaaa ? 'on' : 'off'}; ${result.stopped === undefined ? `connected${result.ms === undefined ? '' : ` in ${result.ms} ms`}` : `stopped at ${result.stopped.at}: ${result.stopped.reason}`}`)}</text>
${planBoxes(result).map(renderBox).join('')}${renderQuestions(result.dns)}${result.path === undefined ? '' : renderWay(other, result, false)}${result.path === undefined ? renderWay('nat64', result, false) + renderWay('direct', result, false) : renderWay(result.path, result, true)}${rows.map((row, index) => `<text class="${row.kind}" x="${row.kind === 'note' ? 54 : 24}" y="${top + index * lineHeight}">${row.label === undefined ? '' : `<tspan class="${/\d/.test(row.label) ? 'number' : 'label'}">${row.label}</tspan><tspan dx="12">`}${escapeMarkup(row.text)}${row.label === undefined ? '' : '</tspan>'}</text>\n`).join('')}</svg>
`;
}

function planBoxes({ cluster, pod, name, address, ipv4, path, dns, segments }: TraceResult): Box[] {
  const source = (from: string): string[] =>
    segments.flatMap((segment) =>
      segment.from === from && segment.packet !== undefined ? [segment.packet.source] : [],
    );
  const server = (to: string): string => dns.find((answer) => answer.to === to)?.server ?? '';
  return [
    {
      x: 20,
      y: 76,
      width: 680,
      height: 350,
      title: ['engine host', ...source('engine host')].join('  '),
      lines: [],
      kind: 'host',
    },
    {
      x: 40,
      y: 196,
      width: 260,
      height: 212,
      title: pod.node.replace(`${cluster}-`, ''),
      lines: source(pod.node),
      kind: 'node',
    },
    { x: 55, y: 298, width: 160, height: 92, title: 'pod', lines: [pod.address], kind: 'part' },
    { x: 60, y: 106, width: 150, height: 54, title: 'cluster DNS', lines: [server('cluster DNS')], kind: 'part' },
    { x: 320, y: 106, width: 150, height: 54, title: 'DNS64', lines: [server('DNS64')], kind: 'part' },
    { x: 785, y: 106, width: 190, height: 54, title: 'upstream DNS', lines: [server('upstream')], kind: 'far' },
    {
      x: 400,
      y: 330,
      width: 160,
      height: 78,
      title: 'NAT64',
      lines: path === 'nat64' ? source('NAT64') : [],
      kind: 'part',
    },
    {
      x: 785,
      y: 222,
      width: 190,
      height: 60,
      title: path === 'direct' ? name : 'IPv6',
      lines: path === 'direct' ? [address ?? ''] : [],
      kind: 'far',
    },
    {
      x: 785,
      y: 342,
      width: 190,
      height: 60,
      title: path === 'nat64' ? name : 'IPv4',
      lines: path === 'nat64' ? [ipv4 ?? ''] : [],
      kind: 'far',
    },
  ];
}

function renderBox({ x, y, width: wide, height, title, lines, kind }: Box): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${wide}" height="${height}" rx="8"/><text class="name" x="${x + 10}" y="${y + 20}">${escapeMarkup(title)}</text>${lines.map((line, index) => `<text class="address" x="${x + 10}" y="${y + 38 + index * 16}">${escapeMarkup(line)}</text>`).join('')}\n`;
}

/** Who asked whom: what was not answered ends in a cross. */
function renderQuestions(dns: readonly TraceAnswer[]): string {
  const asked: { to: string; from: Point; at: Point }[] = [
    { to: 'cluster DNS', from: { x: 180, y: 298 }, at: { x: 180, y: 160 } },
    { to: 'DNS64', from: { x: 210, y: 133 }, at: { x: 320, y: 133 } },
    { to: 'upstream', from: { x: 470, y: 133 }, at: { x: 785, y: 133 } },
  ];
  return asked
    .flatMap(({ to, from, at }, index) => {
      const answer = dns.find((one) => one.to === to && one.type === 'AAAA');
      if (answer === undefined) return [];
      const middle = { x: (from.x + at.x) / 2, y: index === 0 ? 180 : from.y };
      const failed = !['NOERROR', 'NXDOMAIN'].includes(answer.status);
      return [
        `<path class="ask" d="M${from.x} ${from.y} ${at.x} ${at.y}" marker-end="url(#ask-head)"/>${badge(middle, String(index + 1), failed ? 'bad' : 'ask')}\n`,
      ];
    })
    .join('');
}

function renderWay(path: 'nat64' | 'direct', { segments, stopped }: TraceResult, taken: boolean): string {
  const points = ways[path];
  const parts = points.slice(1).map((to, index) => ({
    from: path === 'nat64' && index === 2 ? { ...(points[index] as Point), x: behindNat64 } : (points[index] as Point),
    to,
    label: 'ABCD'[index] ?? '',
  }));
  const seen = (label: string): TraceSegment | undefined =>
    segments.find((segment) => segment.label === label && segment.packet !== undefined);
  const end = taken && stopped !== undefined ? parts.findIndex(({ label }) => seen(label) === undefined) : -1;
  const drawn = parts.map(({ from, to, label }) => {
    const bold = taken && seen(label) !== undefined;
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    return `<path class="${bold ? 'taken' : 'other'}" d="M${from.x} ${from.y} ${to.x} ${to.y}" marker-end="url(#${bold ? 'taken' : 'other'}-head)"/>${bold ? badge(middle, label, 'taken') : ''}\n`;
  });
  if (!taken || stopped === undefined) return drawn.join('');
  const at = end === -1 ? (points.at(-1) as Point) : (parts[end]?.from as Point);
  return `${drawn.join('')}<path class="cross" d="M${at.x - 9} ${at.y - 9} ${at.x + 9} ${at.y + 9}M${at.x - 9} ${at.y + 9} ${at.x + 9} ${at.y - 9}"/>\n`;
}

function badge({ x, y }: Point, text: string, kind: string): string {
  return `<circle class="badge ${kind}" cx="${x}" cy="${y}" r="11"/><text class="badge-text" x="${x}" y="${y + 4.5}">${text}</text>`;
}

interface Row {
  kind: 'row' | 'note' | 'head';
  text: string;
  label?: string;
}

function describeRows({ dns, synthesis, address, segments }: TraceResult): Row[] {
  const questions = ['cluster DNS', 'DNS64', 'upstream'].flatMap((to, index): Row[] => {
    const [aaaa, a] = (['AAAA', 'A'] as const).map((type) => dns.find((one) => one.to === to && one.type === type));
    if (aaaa === undefined) return [];
    const tell = (answer: TraceAnswer): string =>
      answer.status !== 'NOERROR' ? answer.status : (answer.addresses[0] ?? `no ${answer.type}`);
    return [
      {
        kind: 'row',
        label: String(index + 1),
        text: `${to}: AAAA ${tell(aaaa)}${to === 'upstream' && a !== undefined ? `; A ${tell(a)}` : ''}`,
      },
    ];
  });
  return [
    ...questions,
    { kind: 'note', text: `${address ?? 'no address'}: ${synthesis}` },
    ...segments.flatMap(({ label, from, to, packet, translated }): Row[] => [
      { kind: 'row', label, text: `${from} to ${to}: ${packet === undefined ? 'not seen' : describePacket(packet)}` },
      ...(translated === undefined ? [] : [{ kind: 'note' as const, text: `after ${translated}` }]),
    ]),
  ];
}

function describeWhole({ name, path, stopped, synthesis }: TraceResult): string {
  return `The way from a pod to ${name}: ${path === undefined ? 'no address' : path === 'nat64' ? 'through NAT64 as IPv4' : 'directly as IPv6'}${stopped === undefined ? '' : `, stopped at ${stopped.at}`}. ${synthesis}`;
}

const style = `
.back{fill:#fff}text{font:14px system-ui,sans-serif;fill:#1b1b1f}
.title{font-size:20px;font-weight:700}.sub{fill:#5f6368}
.host{fill:#f5f6f8;stroke:#8a9099}.node{fill:#fff;stroke:#8a9099}.part{fill:#e8f0fe;stroke:#3b6fd4}.far{fill:#fdf3e1;stroke:#b98a2f}
.name{font-weight:600}.address,.row,.note{font:12.5px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}.address{font-size:11.5px;fill:#3c4043}.note{fill:#5f6368}
.label,.number{font-weight:700;fill:#c2410c}.number{fill:#3b6fd4}
path{fill:none}.taken{stroke:#c2410c;stroke-width:5}.other{stroke:#a4a9b0;stroke-width:1.5;stroke-dasharray:6 5}.ask{stroke:#3b6fd4;stroke-width:1.5}
path.taken-head{fill:#c2410c}path.other-head{fill:#a4a9b0}path.ask-head{fill:#3b6fd4}
.badge{stroke:#fff;stroke-width:2}.badge.taken{fill:#c2410c}.badge.ask{fill:#3b6fd4}.badge.bad{fill:#b3261e}.badge-text{fill:#fff;font-weight:700;font-size:13px;text-anchor:middle}
.cross{stroke:#b3261e;stroke-width:5}
`;
