import { renderCommand } from './command.js';
import { formatDuration } from './duration.js';
import { RunningSteps } from './running-steps.js';
import type { RunningStep } from './running-steps.js';
import { createPaint, firstLine, fit } from './text.js';
import type { Paint } from './text.js';
import type { ProgressEvent, Reporter } from './types.js';

/** The part of a terminal stream that is used. */
export interface Terminal {
  write(text: string): unknown;
  columns?: number | undefined;
  rows?: number | undefined;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearBelow = '\u001b[J';

export interface TtyOptions {
  /** How long a step took last time. */
  expectedMs?: (step: string) => number | undefined;
  now?: () => number;
}

/** What has ended scrolls away above; what runs is drawn anew below, with a spinner, its duration and the last thing it saw. Not log-update: lines that a resize has wrapped stay, and it hides only stderr's cursor. */
export function createTtyReporter(
  terminal: Terminal,
  colours: boolean,
  { expectedMs = () => undefined, now = () => performance.now() }: TtyOptions = {},
): Reporter {
  const paint = createPaint(colours);
  const running = new RunningSteps();
  let timer: NodeJS.Timeout | undefined;
  let drawn: LiveLine[] = [];

  const redraw = (above: string[]): void => {
    const columns = terminal.columns ?? 80;
    const live = renderLive(running.list(), now(), { columns, rows: terminal.rows ?? 24 }, expectedMs);
    // Lines drawn before a resize may have been wrapped by the terminal.
    const up = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    const back = up === 0 ? '' : `\u001b[${up}A\r${clearBelow}`;
    terminal.write(
      [
        back,
        ...[...above, ...live.map(({ head, tail }) => `${head}${paint.dim(tail)}`)].map((line) => `${line}\n`),
      ].join(''),
    );
    drawn = live;
  };
  const start = (): void => {
    if (timer !== undefined) return;
    terminal.write(hideCursor);
    timer = setInterval(() => {
      redraw([]);
    }, frameMs);
    timer.unref();
  };
  const stop = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    terminal.write(showCursor);
  };

  return {
    report: (event) => {
      const depth = 'parent' in event ? running.depthBelow(event.parent) : 0;
      running.apply(event, now());
      if (event.type === 'observed') return;
      if (running.list().length > 0) start();
      redraw(renderEnded(event, depth, terminal.columns ?? 80, paint));
      if (running.list().length === 0) stop();
    },
    close: () => {
      if (drawn.length > 0) terminal.write(`\u001b[${drawn.length}A\r${clearBelow}`);
      drawn = [];
      stop();
    },
  };
}

/** What runs, and behind it what it saw last. */
interface LiveLine {
  head: string;
  tail: string;
}

/** Never more lines than the screen has, never wider: what scrolls away or wraps cannot be drawn over. */
function renderLive(
  steps: readonly RunningStep[],
  nowMs: number,
  { columns, rows }: { columns: number; rows: number },
  expectedMs: (step: string) => number | undefined,
): LiveLine[] {
  const frame = frames[Math.floor(nowMs / frameMs) % frames.length] ?? '-';
  const most = Math.max(1, rows - 2);
  const shown = steps.length <= most ? steps : steps.slice(0, most - 1);
  const lines = shown.map(({ step, title, depth, startedAtMs, observed }): LiveLine => {
    const head = fit(
      `${'  '.repeat(depth)}${frame} ${title}  ${formatDuration(nowMs - startedAtMs)}${renderExpectation(expectedMs(step), nowMs - startedAtMs)}`,
      columns - 1,
    );
    return { head, tail: observed === '' ? '' : fit(`  ${observed}`, columns - 1 - [...head].length) };
  });
  return [
    ...lines,
    ...(shown.length < steps.length
      ? [{ head: fit(`  and ${steps.length - shown.length} more`, columns - 1), tail: '' }]
      : []),
  ];
}

/** Of what takes long enough to be waited for; once it takes longer than last time, that says nothing any more. */
function renderExpectation(expected: number | undefined, elapsedMs: number): string {
  return expected === undefined || expected < 1000 || elapsedMs > expected
    ? ''
    : ` of about ${formatDuration(expected)}`;
}

function widthOf({ head, tail }: LiveLine): number {
  return [...head, ...tail].length;
}

/** The lines that an event leaves behind. */
function renderEnded(event: ProgressEvent, depth: number, columns: number, paint: Paint): string[] {
  const indent = '  '.repeat(depth);
  switch (event.type) {
    case 'finished': {
      const head = `${event.title}  ${formatDuration(event.durationMs)}`;
      const remark = [
        event.result === 'done' ? undefined : event.result,
        event.text === undefined ? undefined : firstLine(event.text),
      ]
        .filter((part) => part !== undefined)
        .join(', ');
      const room = Math.max(0, columns - 1 - [...`${indent}✓ ${head}  `].length);
      return [
        `${indent}${paint.good('✓')} ${head}${remark === '' || room < 8 ? '' : `  ${paint.dim(fit(remark, room))}`}`,
      ];
    }
    case 'failed':
      return [
        `${indent}${paint.bad('✗')} ${event.title}  ${formatDuration(event.durationMs)}  ${paint.bad(fit(firstLine(event.text), columns))}`,
      ];
    case 'command':
      return [paint.dim(fit(`  ${renderCommand(event)}`, columns - 1))];
    case 'notice':
      return [`${event.level === 'warning' ? paint.warning('!') : paint.dim('i')} ${event.text}`];
    case 'summary':
      return ['', paint.strong(event.title), ...event.lines];
    case 'started':
    case 'observed':
      return [];
  }
}
