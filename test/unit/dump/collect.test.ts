// Seen to fail with a collector that lets the first failure through, one that does not redact, and one without a limit.
import { expect, it } from 'vitest';
import { collectSources } from '../../../src/dump/collect.js';
import { DindError } from '../../../src/errors.js';

const source = (path: string, read: (signal: AbortSignal) => Promise<string>) => ({
  path,
  about: `about ${path}`,
  read,
});

it('what cannot be read is told and keeps nothing else from being read; secrets are taken out', async () => {
  const { files, missing } = await collectSources(
    [
      source('z', async () => 'joined with --token abcdef.0123456789abcdef'),
      source('b', async () => {
        throw new DindError({ code: 'x', source: 'environment', doing: 'asking', observed: 'nobody listens\nat all' });
      }),
      source('a', async () => 'all is well'),
    ],
    60_000,
    new AbortController().signal,
  );
  expect(files).toEqual([
    { path: 'a', about: 'about a', content: 'all is well' },
    { path: 'z', about: 'about z', content: 'joined with --token ***' },
  ]);
  expect(missing).toEqual([{ path: 'b', about: 'about b', reason: 'asking: nobody listens' }]);
});

it('what does not answer is left behind at the limit, be it deaf to its signal', async () => {
  const { files, missing } = await collectSources(
    [source('deaf', () => new Promise(() => undefined)), source('quick', async () => 'here')],
    50,
    new AbortController().signal,
  );
  expect(files.map(({ path }) => path)).toEqual(['quick']);
  expect(missing).toEqual([{ path: 'deaf', about: 'about deaf', reason: expect.stringMatching(/^not read within/) }]);
});

it('an interruption ends it', async () => {
  const reason = new Error('Ctrl-C');
  await expect(
    collectSources(
      [
        source('a', async (signal) => {
          signal.throwIfAborted();
          return '';
        }),
      ],
      60_000,
      AbortSignal.abort(reason),
    ),
  ).rejects.toBe(reason);
});

it('of a long file the end is kept', async () => {
  const { files } = await collectSources(
    [source('log', async () => `first\n${'x '.repeat(2_500_000)}\nlast`)],
    60_000,
    new AbortController().signal,
  );
  expect(files[0]?.content.endsWith('last')).toBe(true);
  expect(files[0]?.content.includes('first')).toBe(false);
});
