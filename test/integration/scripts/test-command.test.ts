import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** `npm test` with some levels; killed by `signal` when it has begun a level. */
async function runTests(
  levels: string[],
  signal?: NodeJS.Signals,
): Promise<{ exitCode: number; lastLine: string | undefined }> {
  const child = spawn(process.execPath, ['scripts/test.mjs', ...levels], { stdio: ['ignore', 'pipe', 'ignore'] });
  if (signal !== undefined)
    child.stdout.once('data', () => {
      child.kill(signal);
    });
  const [[exitCode], stdout] = await Promise.all([once(child, 'close'), text(child.stdout)]);
  return { exitCode: exitCode as number, lastLine: stdout.trimEnd().split('\n').at(-1) };
}

test('a level that is not there is a failure', async () => {
  expect(await runTests(['unti'])).toMatchObject({ exitCode: 1, lastLine: '0 passed, 1 failed' });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'after %s the last line is there, and nothing counts as passed',
  async (signal) => {
    expect(await runTests(['types', 'unit'], signal)).toMatchObject({ exitCode: 1, lastLine: '0 passed, 1 failed' });
  },
);
