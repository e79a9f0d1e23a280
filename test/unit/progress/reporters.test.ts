import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/progress/duration.js';
import { createGithubReporter, renderAnnotation } from '../../../src/progress/github.js';
import { createJsonReporter } from '../../../src/progress/json.js';
import { createPlainReporter } from '../../../src/progress/plain.js';
import { createRecordingReporter } from '../../../src/progress/recording.js';
import { expectPublished } from '../../support/published-schema.js';
import type { ProgressEvent } from '../../../src/progress/types.js';

const events: ProgressEvent[] = [
  { type: 'started', step: 'network', title: 'node network' },
  { type: 'observed', step: 'network', text: 'waiting' },
  { type: 'finished', step: 'network', title: 'node network', durationMs: 230, result: 'done', text: 'fd00:20::/64' },
  { type: 'failed', step: 'nodes', title: 'nodes', durationMs: 12_400, text: 'no space left\non device' },
  { type: 'command', where: 'kubeadm-dind-dns64', argv: ['sh', '-c', 'exit 3\ntrue'], durationMs: 120, exitCode: 3 },
  { type: 'notice', level: 'warning', text: 'offline' },
  { type: 'summary', title: 'kubeadm-dind is up', lines: ['Use it:', '  kubectl'] },
];

test('plain: a line for each start and end', () => {
  let text = '';
  const reporter = createPlainReporter((part) => {
    text += part;
  });
  for (const event of events) reporter.report(event);
  expect(text).toBe(
    [
      'node network ...',
      'node network: done after 0.2 s (fd00:20::/64)',
      'nodes: failed after 12 s: no space left',
      "  $ kubeadm-dind-dns64: sh -c 'exit 3 ...'  (exit code 3, 0.1 s)",
      'warning: offline',
      '',
      'kubeadm-dind is up',
      'Use it:',
      '  kubectl',
      '',
    ].join('\n'),
  );
});

test('plain: what takes long says now and then what it is at', () => {
  let text = '';
  let nowMs = 0;
  const reporter = createPlainReporter(
    (part) => {
      text += part;
    },
    () => nowMs,
  );
  reporter.report({ type: 'started', step: 'image', title: 'image node' });
  for (const [ms, seen] of [
    [29_000, 'unpacking'],
    [31_000, 'compiling'],
    [45_000, 'compiling more'],
    [70_000, 'linking'],
  ] as const) {
    nowMs = ms;
    reporter.report({ type: 'observed', step: 'image', text: seen });
  }
  expect(text).toBe('image node ...\nimage node: compiling (31 s)\nimage node: linking (1 min 10 s)\n');
});

test('json: every event, one a line, with its time', () => {
  let text = '';
  const reporter = createJsonReporter(
    (part) => {
      text += part;
    },
    () => new Date(0),
  );
  for (const event of events) reporter.report(event);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual(events.map((event) => ({ time: '1970-01-01T00:00:00.000Z', ...event })));
  for (const line of lines) expectPublished('event', line);
});

test('github: one group until the summary, warnings as annotations', () => {
  let text = '';
  const reporter = createGithubReporter((part) => {
    text += part;
  }, 'up');
  for (const event of events) reporter.report(event);
  reporter.close();
  expect(text.split('\n')).toEqual([
    '::group::dind64 up',
    'node network ...',
    'node network: done after 0.2 s (fd00:20::/64)',
    'nodes: failed after 12 s: no space left',
    "  $ kubeadm-dind-dns64: sh -c 'exit 3 ...'  (exit code 3, 0.1 s)",
    '::warning title=dind64 up::offline',
    '::endgroup::',
    '',
    'kubeadm-dind is up',
    'Use it:',
    '  kubectl',
    '',
  ]);
});

test('github: a command that fails closes its group; an annotation is one line', () => {
  let text = '';
  const reporter = createGithubReporter((part) => {
    text += part;
  }, 'up');
  reporter.report({ type: 'started', step: 'a', title: 'a' });
  reporter.close();
  reporter.close();
  expect(text).toBe('::group::dind64 up\na ...\n::endgroup::\n');
  expect(renderAnnotation('error', 'dind64: making a::b', '100% of it\r\nfailed\n')).toBe(
    '::error title=dind64  making a  b::100%25 of it%0D%0Afailed\n',
  );
});

test('recording: keeps what it was told', () => {
  const reporter = createRecordingReporter();
  for (const event of events) reporter.report(event);
  expect(reporter.events).toEqual(events);
});

test.each([
  [0, '0.0 s'],
  [9_949, '9.9 s'],
  [9_950, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min 00 s'],
  [65_000, '1 min 05 s'],
  [3_600_000, '60 min 00 s'],
])('%i ms is %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
