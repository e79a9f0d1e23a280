import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { readKubeconfigEntry } from '../../../src/kubeconfig/read.js';
import { entry, handMade, kubectlMade, makeFolder } from './fixtures.js';

const run = promisify(execFile);
const merger = new URL('./merge-in-process.ts', import.meta.url).pathname;

test('a missing file is made, 0600, in a directory made 0700, and a client can use it', async () => {
  await using folder = await makeFolder();
  const file = folder.path('.kube/config');
  expect(await mergeKubeconfig({ files: [file], ...entry })).toEqual({ changed: true, file });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(folder.path('.kube'))).mode & 0o777).toBe(0o700);
  const client = new KubeConfig();
  client.loadFromFile(file);
  expect(client.getCurrentContext()).toBe(entry.context);
  expect(client.getCurrentCluster()).toMatchObject({
    name: entry.context,
    server: entry.server,
    caData: entry.caData,
    skipTLSVerify: false,
  });
  expect(client.getCurrentUser()).toMatchObject({
    name: entry.context,
    certData: entry.clientCertData,
    keyData: entry.clientKeyData,
  });
  expect(readKubeconfigEntry({ files: [file], context: entry.context })).toEqual({ file, ...entry });
  expect(await readdir(folder.path('.kube'))).toEqual(['config']);
});

// Seen to be root's.
test.runIf(process.getuid?.() === 0)('what root makes in a user’s home is the user’s', async () => {
  await using folder = await makeFolder();
  await chown(folder.path('.'), 1000, 1001);
  const file = folder.path('a/.kube/config');
  await mergeKubeconfig({ files: [file], ...entry });
  for (const made of ['a', 'a/.kube', 'a/.kube/config'])
    expect(await stat(folder.path(made)), made).toMatchObject({ uid: 1000, gid: 1001 });
});

test('an empty file becomes a whole one', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', '\n');
  await mergeKubeconfig({ files: [file], ...entry });
  expect(await folder.read('config')).toMatch(/^apiVersion: v1\nkind: Config\nclusters:\n- cluster:\n/);
});

test('what others wrote stays, comments, quotes, order and layout included', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', handMade);
  await mergeKubeconfig({ files: [file], ...entry });
  const lines = (await folder.read('config')).split('\n');
  for (const line of handMade.split('\n').filter((one) => !one.includes('current-context')))
    expect(lines).toContain(line);
  const client = new KubeConfig();
  client.loadFromFile(file);
  expect(client.getContexts().map((context) => context.name)).toEqual(['prod', entry.context]);
  expect(client.getCurrentContext()).toBe(entry.context);
});

test('the second time nothing is written', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', kubectlMade);
  await mergeKubeconfig({ files: [file], ...entry });
  const before = await stat(file);
  expect(await mergeKubeconfig({ files: [file], ...entry })).toEqual({ changed: false, file });
  expect((await stat(file)).ino).toBe(before.ino);
});

test('a changed server is written where the entry is, and the namespace that the user chose stays', async () => {
  await using folder = await makeFolder();
  const [first, second] = [await folder.write('first', kubectlMade), folder.path('second')];
  await mergeKubeconfig({ files: [second], ...entry });
  await writeFile(
    second,
    (await folder.read('second')).replace(/( +)user: dind64/, '$1namespace: team-a\n$1user: dind64'),
  );
  await mergeKubeconfig({ files: [first, second], ...entry, server: 'https://127.0.0.1:5555' });
  const firstText = await folder.read('first');
  expect(firstText).toBe(kubectlMade.replace('current-context: prod', `current-context: ${entry.context}`));
  expect(await folder.read('second')).toMatch('namespace: team-a');
  expect(readKubeconfigEntry({ files: [first, second], context: entry.context })).toMatchObject({
    file: second,
    server: 'https://127.0.0.1:5555',
  });
});

test('of a list, a new entry goes to the first file that exists, else to the last', async () => {
  await using folder = await makeFolder();
  const [missing, there, last] = [
    folder.path('missing'),
    await folder.write('there', kubectlMade),
    folder.path('last'),
  ];
  expect((await mergeKubeconfig({ files: [missing, there, last], ...entry })).file).toBe(there);
  expect((await mergeKubeconfig({ files: [missing, last], ...entry })).file).toBe(last);
  expect((await readdir(folder.path('.'))).sort()).toEqual(['last', 'there']);
});

test('a JSON kubeconfig stays JSON', async () => {
  await using folder = await makeFolder();
  const file = await folder.write(
    'config',
    '{"apiVersion":"v1","kind":"Config","clusters":[],"contexts":[],"users":[],"current-context":""}\n',
  );
  await mergeKubeconfig({ files: [file], ...entry });
  const client = new KubeConfig();
  client.loadFromFile(file);
  expect(client.getCurrentCluster()?.server).toBe(entry.server);
  expect((await folder.read('config')).trimStart()).toMatch(/^\{/);
});

test('a symbolic link stays a link, and an existing file keeps its mode', async () => {
  await using folder = await makeFolder();
  const target = await folder.write('target', kubectlMade);
  await chmod(target, 0o640);
  await symlink('target', folder.path('config'));
  await mergeKubeconfig({ files: [folder.path('config')], ...entry });
  expect((await lstat(folder.path('config'))).isSymbolicLink()).toBe(true);
  expect(await folder.read('target')).toMatch(entry.server);
  expect((await stat(target)).mode & 0o777).toBe(0o640);
});

test('a link that leads nowhere yet is written through', async () => {
  await using folder = await makeFolder();
  await symlink('target', folder.path('config'));
  await mergeKubeconfig({ files: [folder.path('config')], ...entry });
  expect(await folder.read('target')).toMatch(entry.server);
  expect((await lstat(folder.path('config'))).isSymbolicLink()).toBe(true);
});

test.each([
  ['apiVersion: v1\nclusters:\n- cluster: }\n', 3, /flow/i],
  ['apiVersion: v1\n\tkind: Config\n', 2, /tab/i],
  ['apiVersion: v1\nkind: Config\nclusters: prod\n', 3, /`clusters` is not a list/],
  ['just text\n', 1, /not a mapping/],
])('malformed YAML names file and line and is left alone: %j', async (text, line, observed) => {
  await using folder = await makeFolder();
  const file = await folder.write('config', text);
  const error: unknown = await mergeKubeconfig({ files: [file], ...entry }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'kubeconfig-malformed', observed: expect.stringMatching(observed) as string });
  expect((error as { where: string }).where).toMatch(new RegExp(`^${file}, line ${line}`));
  expect(await folder.read('config')).toBe(text);
  expect(await readdir(folder.path('.'))).toEqual(['config']);
});

test('two processes at once: every cluster is in the file afterwards', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', kubectlMade);
  const names = Array.from({ length: 2 }, (_, index) => `dind64-c${index}`);
  await Promise.all(names.map((name) => run(process.execPath, ['--import', 'tsx', merger, file, name])));
  const client = new KubeConfig();
  client.loadFromFile(file);
  expect(
    client
      .getContexts()
      .map((context) => context.name)
      .sort(),
  ).toEqual([...names, 'prod']);
  expect(await readdir(folder.path('.'))).toEqual(['config']);
}, 60_000);

test.each([
  ['the file', 0o400, 0o777],
  ['its directory', 0o666, 0o555],
])(
  'not writable for the user: %s',
  async (_what, fileMode, directoryMode) => {
    await using folder = await makeFolder();
    await chmod(folder.path('.'), 0o755);
    await mkdir(folder.path('kube'));
    const file = await folder.write('kube/config', kubectlMade);
    const nobody = 65534;
    if (process.getuid?.() === 0) await run('chown', ['-R', String(nobody), folder.path('kube')]);
    await chmod(file, fileMode);
    await chmod(folder.path('kube'), directoryMode);
    const asNobody = process.getuid?.() === 0 ? ['nobody'] : [];
    const { stdout } = await run(process.execPath, ['--import', 'tsx', merger, file, 'dind64-x', ...asNobody]);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'kubeconfig-not-writable',
      hint: expect.stringMatching('DIND_KUBECONFIG') as string,
    });
    expect(await folder.read('kube/config')).toBe(kubectlMade);
    await chmod(folder.path('kube'), 0o755);
  },
  20_000,
);
