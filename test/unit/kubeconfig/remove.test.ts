import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { readKubeconfigEntry } from '../../../src/kubeconfig/read.js';
import { removeFromKubeconfig } from '../../../src/kubeconfig/remove.js';
import { entry, handMade, kubectlMade, makeFolder } from './fixtures.js';

const { context } = entry;

test.each([['kubectl', kubectlMade], ['a person', handMade]])('a file of %s is byte for byte what it was before', async (_who, text) => {
  await using folder = await makeFolder();
  const file = await folder.write('config', text);
  await mergeKubeconfig({ files: [file], ...entry });
  expect(await removeFromKubeconfig({ files: [file], context })).toEqual({ removed: true, currentContext: 'prod' });
  expect(await folder.read('config')).toBe(text);
});

test('a file and a directory that dind64 made are gone; what somebody else put there stays', async () => {
  await using folder = await makeFolder();
  const file = folder.path('new/.kube/config');
  await mergeKubeconfig({ files: [file], ...entry });
  await mergeKubeconfig({ files: [file], ...entry, server: 'https://127.0.0.1:7' });
  await removeFromKubeconfig({ files: [file], context });
  expect(await readdir(folder.path('.'))).toEqual([]);

  await mergeKubeconfig({ files: [file], ...entry });
  await mkdir(folder.path('new/.kube/cache'));
  await removeFromKubeconfig({ files: [file], context });
  expect(await readdir(folder.path('new/.kube'))).toEqual(['cache']);
});

test('an empty file of the user stays', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', '');
  await mergeKubeconfig({ files: [file], ...entry });
  await removeFromKubeconfig({ files: [file], context });
  expect(existsSync(file)).toBe(true);
});

test('another current context is left alone', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', kubectlMade);
  await mergeKubeconfig({ files: [file], ...entry });
  await writeFile(file, (await folder.read('config')).replace(`current-context: ${context}`, 'current-context: prod'));
  expect(await removeFromKubeconfig({ files: [file], context })).toEqual({ removed: true, currentContext: 'prod' });
  expect(await folder.read('config')).toBe(kubectlMade);
});

test('a context before that is gone is not put back', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('config', kubectlMade);
  await mergeKubeconfig({ files: [file], ...entry });
  await mergeKubeconfig({ files: [file], ...entry, context: 'dind64-second' });
  expect(await removeFromKubeconfig({ files: [file], context })).toEqual({ removed: true, currentContext: 'dind64-second' });
  expect(await removeFromKubeconfig({ files: [file], context: 'dind64-second' })).toEqual({ removed: true, currentContext: '' });
  expect(await folder.read('config')).toBe(kubectlMade.replace('current-context: prod', 'current-context: ""'));
});

test('a file that another cluster shares stays until the last is removed', async () => {
  await using folder = await makeFolder();
  const file = folder.path('config');
  await mergeKubeconfig({ files: [file], ...entry });
  await mergeKubeconfig({ files: [file], ...entry, context: 'dind64-second' });
  await removeFromKubeconfig({ files: [file], context });
  expect(readKubeconfigEntry({ files: [file], context })).toBeUndefined();
  expect(readKubeconfigEntry({ files: [file], context: 'dind64-second' })).toMatchObject({ server: entry.server });
});

test('every file of a list is cleaned; files without the context are not written', async () => {
  await using folder = await makeFolder();
  const [first, second] = [await folder.write('first', handMade), await folder.write('second', kubectlMade)];
  await mergeKubeconfig({ files: [second], ...entry });
  await removeFromKubeconfig({ files: [first, second, folder.path('third')], context });
  expect(await folder.read('first')).toBe(handMade);
  expect(await folder.read('second')).toBe(kubectlMade);
  expect((await readdir(folder.path('.'))).sort()).toEqual(['first', 'second']);
});

test('nothing to remove: nothing is made, locked or written', async () => {
  await using folder = await makeFolder();
  expect(await removeFromKubeconfig({ files: [folder.path('.kube/config')], context })).toEqual({ removed: false, currentContext: '' });
  expect(await readdir(folder.path('.'))).toEqual([]);
});
