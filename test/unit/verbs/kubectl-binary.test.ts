// Seen to fail where only the file's existence was asked for.
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isWhole, parseKubectl } from '../../../src/verbs/kubectl-binary.js';

test('what a node’s kubectl says of itself', () => {
  const said = `{
  "clientVersion": {
    "major": "1",
    "gitVersion": "v1.37.2",
    "goVersion": "go1.26.1",
    "platform": "linux/arm64"
  },
  "kustomizeVersion": "v5.8.1"
}
58212536 /usr/bin/kubectl
`;
  expect(parseKubectl(said)).toEqual({
    version: 'v1.37.2',
    platform: 'linux/arm64',
    path: '/usr/bin/kubectl',
    bytes: 58_212_536,
  });
  expect(parseKubectl(said.replace('v1.37.2', '../../bin/sh'))).toBeUndefined();
  expect(parseKubectl('')).toBeUndefined();
});

test('an empty, a truncated and a planted one are not run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dind64-kubectl-'));
  const file = join(folder, 'kubectl');
  try {
    expect(await isWhole(file, 4)).toBe(false);
    for (const content of ['', 'abc']) {
      await writeFile(file, content);
      expect(await isWhole(file, 4)).toBe(false);
    }
    await writeFile(file, 'abcd');
    expect(await isWhole(file, 4)).toBe(true);
    await chmod(file, 0o777);
    expect(await isWhole(file, 4)).toBe(false);
    await chmod(file, 0o755);
    if (process.getuid?.() === 0) {
      await chown(file, 1000, 1000);
      expect(await isWhole(file, 4)).toBe(false);
    }
    expect(await isWhole(folder, 4)).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
