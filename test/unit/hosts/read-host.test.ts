// Seen to fail: without the look at the last section, and without the look at interfaces (their rows).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readHost } from '../../../src/hosts/read-host.js';

const { signal } = new AbortController();
const recorded = readFileSync(new URL('../host/recorded/docker-nft-advertised.txt', import.meta.url), 'utf8');
const answering = (stdout: string, stderr = '') => ({
  run: () => Promise.resolve({ exitCode: 0, stdout, stderr }),
});

test('what a host of today answers', async () => {
  const { network } = await readHost('first', answering(`Last login: never\n${recorded}`), signal);
  expect(network.links.map(({ name }) => name)).toContain('lo');
});

test.each([
  ['a script that was cut off', recorded.slice(0, recorded.lastIndexOf('@@ end'))],
  ['a host without ip', '\n@@ links\n\n@@ end\n'],
  ['a shell that is no bash', ''],
])('%s', async (_what, stdout) => {
  await expect(readHost('first', answering(stdout, 'bash: not found'), signal)).rejects.toMatchObject({
    code: 'host-not-read',
    where: 'first',
  });
});
