// Seen to be told after the control plane was made, a device to become a file of mode 644, and /proc to be tried for ever.
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkKubeconfigs } from '../../../src/kubeconfig/check.js';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { removeFromKubeconfig } from '../../../src/kubeconfig/remove.js';
import { entry, kubectlMade, makeFolder } from './fixtures.js';

const { context } = entry;

test('what can be written is left as it is', async () => {
  await using folder = await makeFolder();
  await folder.write('config', kubectlMade);
  await checkKubeconfigs({ files: [folder.path('config')], context });
  await checkKubeconfigs({ files: [folder.path('new/.kube/config')], context });
  expect(await readdir(folder.path('.'))).toEqual(['config']);
  expect(await readFile(folder.path('config'), 'utf8')).toBe(kubectlMade);
});

test.each<[string, string]>([
  ['a folder', 'kubeconfig-not-readable'],
  ['a pipe', 'kubeconfig-not-readable'],
  ['no YAML', 'kubeconfig-malformed'],
  ['no mapping', 'kubeconfig-malformed'],
  ['a link to itself', 'kubeconfig-not-readable'],
])('%s is refused', async (what, code) => {
  await using folder = await makeFolder();
  const file = folder.path('config');
  if (what === 'a folder') await mkdir(file);
  else if (what === 'a pipe') spawnSync('mkfifo', [file]);
  else if (what === 'a link to itself') await symlink('config', file);
  else await folder.write('config', what === 'no YAML' ? 'clusters: [' : '- a list\n');
  await expect(checkKubeconfigs({ files: [file], context })).rejects.toMatchObject({ code, exitCode: 1 });
});

test.each(['/proc/dind64/config', '/dev/null/config', '/sys/dind64'])('%s cannot be made', async (file) => {
  const failure = { exitCode: 1, code: expect.stringMatching(/^kubeconfig-not-/) as string };
  await expect(checkKubeconfigs({ files: [file], context })).rejects.toMatchObject(failure);
  await expect(mergeKubeconfig({ files: [file], ...entry })).rejects.toMatchObject(failure);
});

test.runIf(process.getuid?.() === 0)(
  'a file system that takes nothing',
  async () => {
    await using folder = await makeFolder();
    await folder.write('config', kubectlMade);
    const mounted = spawnSync('unshare', [
      '--mount',
      'sh',
      '-c',
      'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" --import tsx --input-type=module --eval "$3"',
      'sh',
      folder.path('.'),
      process.execPath,
      `import { checkKubeconfigs } from './src/kubeconfig/check.ts';
     await checkKubeconfigs({ files: [${JSON.stringify(folder.path('config'))}], context: 'dind64-a' }).catch((error) => console.log(error.code));`,
    ]);
    expect(mounted.stdout.toString(), mounted.stderr.toString()).toBe('kubeconfig-not-writable\n');
  },
  30_000,
);

test.runIf(process.getuid?.() === 0)('a device stays one, and its neighbours as they are', async () => {
  await using folder = await makeFolder();
  const file = folder.path('null');
  spawnSync('mknod', ['-m', '666', file, 'c', '1', '3']);
  await chmod(folder.path('.'), 0o755);
  await checkKubeconfigs({ files: [file], context });
  expect((await mergeKubeconfig({ files: [file], ...entry })).changed).toBe(true);
  await removeFromKubeconfig({ files: [file], context });
  expect((await stat(file)).isCharacterDevice()).toBe(true);
  expect(await readdir(folder.path('.'))).toEqual(['null']);
});
