import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { readKubeconfigEntry } from '../../../src/kubeconfig/read.js';
import { removeFromKubeconfig } from '../../../src/kubeconfig/remove.js';
import { entry, handMade, kubectlMade, makeFolder } from './fixtures.js';

const { context } = entry;

test.each([
  ['kubectl', kubectlMade],
  ['a person', handMade],
])('a file of %s is byte for byte what it was before', async (_who, text) => {
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
  await writeFile(file, (await folder.read('config')).replace('  name: prod\ncurrent', '  name: renamed\ncurrent'));
  await writeFile(
    file,
    (await folder.read('config')).replace('    user: alice\n  name: prod', '    user: alice\n  name: renamed'),
  );
  expect(await removeFromKubeconfig({ files: [file], context })).toEqual({ removed: true, currentContext: '' });
});

test.each([
  [context, 'dind64-second'],
  ['dind64-second', context],
])('two clusters in one file, %s goes first: byte for byte what it was before both', async (first, last) => {
  await using folder = await makeFolder();
  const file = await folder.write('config', kubectlMade);
  // `up` of each, and of the first one again.
  for (const name of [context, 'dind64-second', context])
    await mergeKubeconfig({ files: [file], ...entry, context: name });
  expect(await removeFromKubeconfig({ files: [file], context: first })).toEqual({
    removed: true,
    currentContext: first === context ? 'prod' : context,
  });
  expect(await removeFromKubeconfig({ files: [file], context: last })).toEqual({
    removed: true,
    currentContext: 'prod',
  });
  expect(await folder.read('config')).toBe(kubectlMade);
});

test.each([
  [context, 'dind64-second'],
  ['dind64-second', context],
])('a file that two clusters share, %s goes first: it is gone with the last', async (first, last) => {
  await using folder = await makeFolder();
  const file = folder.path('new/config');
  for (const name of [context, 'dind64-second']) await mergeKubeconfig({ files: [file], ...entry, context: name });
  await removeFromKubeconfig({ files: [file], context: first });
  expect(readKubeconfigEntry({ files: [file], context: first })).toBeUndefined();
  expect(readKubeconfigEntry({ files: [file], context: last })).toMatchObject({ server: entry.server });
  await removeFromKubeconfig({ files: [file], context: last });
  expect(await readdir(folder.path('.'))).toEqual([]);
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
  expect(await removeFromKubeconfig({ files: [folder.path('.kube/config')], context })).toEqual({
    removed: false,
    currentContext: '',
  });
  expect(await readdir(folder.path('.'))).toEqual([]);
});
