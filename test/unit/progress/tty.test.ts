import xterm from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTtyReporter } from '../../../src/progress/tty.js';
import type { Reporter } from '../../../src/progress/types.js';

let terminal: InstanceType<typeof xterm.Terminal>;
let reporter: Reporter;
let nowMs: number;
let written: string;
const expected: Record<string, number> = { 'control-plane': 11_200, quick: 300 };

/** A reporter on a real terminal emulator of that size. */
function open(columns: number, rows: number, colours = false): void {
  terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const stream = {
    write: (text: string) => {
      written += text;
      terminal.write(text);
    },
    get columns() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
  };
  reporter = createTtyReporter(stream, colours, { now: () => nowMs, expectedMs: (step) => expected[step] });
}

/** What the user sees, scrolled lines included. */
async function screen(): Promise<string[]> {
  await new Promise<void>((resolve) => {
    terminal.write('', resolve);
  });
  const buffer = terminal.buffer.active;
  const lines = Array.from(
    { length: buffer.length },
    (_, index) => buffer.getLine(index)?.translateToString(true) ?? '',
  );
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  nowMs = 0;
  written = '';
});
afterEach(() => {
  reporter.close();
  vi.useRealTimers();
});

test('running steps are drawn in place, ended ones stay above in order', async () => {
  open(60, 10);
  reporter.report({ type: 'started', step: 'images', title: 'images' });
  reporter.report({ type: 'started', step: 'node', title: 'node image', parent: 'images' });
  reporter.report({ type: 'started', step: 'dns64', title: 'dns64 image', parent: 'images' });
  reporter.report({ type: 'observed', step: 'node', text: '\u001b[31mStep 3/9\u001b[0m : RUN make\nmore' });
  nowMs = 1000;
  vi.advanceTimersByTime(100);
  expect(await screen()).toEqual([
    '⠋ images  1.0 s',
    '  ⠋ node image  1.0 s  Step 3/9 : RUN make',
    '  ⠋ dns64 image  1.0 s',
  ]);

  nowMs = 2500;
  reporter.report({
    type: 'finished',
    step: 'dns64',
    title: 'dns64 image',
    parent: 'images',
    durationMs: 2500,
    result: 'unchanged',
  });
  reporter.report({ type: 'notice', level: 'warning', text: 'slow disk' });
  expect(await screen()).toEqual(
    [
      '  ✓ dns64 image  2.5 s  unchanged',
      '! slow disk',
      '⠙ images  2.5 s',
      '  ⠙ node image  2.5 s  Step 3/9 : RUN make',
    ].map((line) => line.replace('⠙', frameAt(2500))),
  );

  reporter.report({
    type: 'failed',
    step: 'node',
    title: 'node image',
    parent: 'images',
    durationMs: 61_000,
    text: 'RUN make ended with 2\nmake: oops',
  });
  reporter.report({ type: 'failed', step: 'images', title: 'images', durationMs: 61_000, text: 'ended' });
  reporter.report({ type: 'summary', title: 'The end', lines: ['one', 'two'] });
  expect(await screen()).toEqual([
    '  ✓ dns64 image  2.5 s  unchanged',
    '! slow disk',
    '  ✗ node image  1 min 01 s  RUN make ended with 2',
    '✗ images  1 min 01 s  ended',
    '',
    'The end',
    'one',
    'two',
  ]);
});

test('what took long last time says how long, until it takes longer', async () => {
  open(60, 10);
  reporter.report({ type: 'started', step: 'control-plane', title: 'control plane' });
  reporter.report({ type: 'started', step: 'quick', title: 'quick' });
  nowMs = 2500;
  vi.advanceTimersByTime(100);
  expect(await screen()).toEqual([
    `${frameAt(2500)} control plane  2.5 s of about 11 s`,
    `${frameAt(2500)} quick  2.5 s`,
  ]);
  nowMs = 11_300;
  vi.advanceTimersByTime(100);
  expect(await screen()).toEqual([`${frameAt(11_300)} control plane  11 s`, `${frameAt(11_300)} quick  11 s`]);
});

test('nothing wraps or scrolls away while it runs on a narrow, low screen', async () => {
  open(20, 5);
  for (const index of [1, 2, 3, 4, 5])
    reporter.report({ type: 'started', step: String(index), title: `step number ${index} with a long title` });
  reporter.report({ type: 'observed', step: '1', text: 'text that has no room' });
  for (let frame = 0; frame < 5; frame += 1) vi.advanceTimersByTime(100);
  const lines = await screen();
  expect(lines).toEqual(['⠋ step number 1 wi…', '⠋ step number 2 wi…', '  and 3 more']);
});

test('a resize to fewer columns leaves no remains', async () => {
  open(40, 10);
  reporter.report({ type: 'started', step: 'a', title: 'a title of thirty characters ..' });
  await screen();
  terminal.resize(20, 10);
  vi.advanceTimersByTime(100);
  expect(await screen()).toEqual(['⠋ a title of thirt…']);
});

test('close takes back the live lines and the hidden cursor', async () => {
  open(40, 10);
  reporter.report({ type: 'started', step: 'a', title: 'a' });
  expect(written).toContain('\u001b[?25l');
  reporter.close();
  expect(await screen()).toEqual([]);
  expect(written.endsWith('\u001b[?25h')).toBe(true);
  vi.advanceTimersByTime(1000);
  expect(await screen()).toEqual([]);
});

test('colours only when asked for', () => {
  open(40, 10, true);
  reporter.report({ type: 'finished', step: 'a', title: 'a', durationMs: 1, result: 'done' });
  expect(written).toContain('\u001b[32m✓\u001b[39m a');
  reporter.close();
  written = '';
  open(40, 10);
  reporter.report({ type: 'finished', step: 'a', title: 'a', durationMs: 1, result: 'done' });
  expect(written).toBe('✓ a  0.0 s\n');
});

function frameAt(timeMs: number): string {
  return [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'][(timeMs / 100) % 10] ?? '';
}
