import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { readKubeconfigEntry } from '../../../src/kubeconfig/read.js';
import { removeFromKubeconfig } from '../../../src/kubeconfig/remove.js';
import { entry, makeFolder } from './fixtures.js';

interface Item {
  name: string;
  [key: string]: unknown;
}
interface Config {
  clusters?: Item[] | null;
  contexts?: Item[] | null;
  users?: Item[] | null;
  'current-context'?: string;
  [key: string]: unknown;
}

// Names as people and clouds have them, and texts that YAML would read as something else.
const name = fc
  .oneof(
    fc.stringMatching(/^[a-z][a-z0-9@:/._-]{0,15}$/),
    fc.constantFrom(
      'true',
      'null',
      '012',
      '1e3',
      '~',
      '- x',
      'a: b',
      '#x',
      "it's",
      '"q"',
      'arn:aws:eks:eu-west-1:1234:cluster/x',
      'Größe',
      ' blank ',
      '{}',
      '*a',
      '&a',
      '!t',
      'dind64',
      'dind64-kubeadm-dind2',
    ),
  )
  .filter((text) => text !== entry.context);
const scalar = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('yes', '0123', '1.10', 'null', 'line\nline'),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const body = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z-]{0,10}$/),
  fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), scalar, { maxKeys: 2 }),
  ),
  { maxKeys: 4, noNullPrototype: true },
);
const section = (key: string): fc.Arbitrary<Item[] | null | undefined> =>
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .uniqueArray(fc.tuple(name, body), { maxLength: 4, selector: ([text]) => text })
        .map((items) => items.map(([text, value]): Item => ({ name: text, [key]: value }))),
    },
    { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
  );
const config: fc.Arbitrary<Config> = fc
  .record({
    clusters: section('cluster'),
    contexts: section('context'),
    users: section('user'),
    preferences: body,
    current: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ clusters, contexts, users, preferences, current }) => {
    const chosen = current === undefined ? undefined : contexts?.[current % Math.max(1, contexts.length)]?.name;
    const all: Config = { apiVersion: 'v1', kind: 'Config', preferences, 'current-context': chosen ?? '' };
    if (clusters !== undefined) all.clusters = clusters;
    if (contexts !== undefined) all.contexts = contexts;
    if (users !== undefined) all.users = users;
    return all;
  });
const layout = fc.constantFrom<(value: unknown) => string>(
  (value) => stringify(value),
  (value) => stringify(value, { indentSeq: false }),
  (value) => stringify(value, { defaultStringType: 'QUOTE_DOUBLE' }),
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 4),
);

/** Without our entries and the current context; a section that is not there is an empty one. */
function others(text: string): unknown {
  const { 'current-context': _, ...all } = parse(text) as Config;
  const without = (items: Item[] | null | undefined): Item[] =>
    (items ?? []).filter((item) => item.name !== entry.context);
  return { ...all, clusters: without(all.clusters), contexts: without(all.contexts), users: without(all.users) };
}

test('whatever a kubeconfig holds: merged, all else is there with its value and type; merged twice is merged once; removed, it is as before', async () => {
  await using folder = await makeFolder();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(config, layout, async (value, write) => {
      const before = write(value);
      const file = await folder.write(`config-${(count += 1)}`, before);
      const fileName = `config-${count}`;
      await mergeKubeconfig({ files: [file], ...entry });
      const merged = await folder.read(fileName);
      expect(others(merged)).toEqual(others(before));
      expect((parse(merged) as Config)['current-context']).toBe(entry.context);
      expect(readKubeconfigEntry({ files: [file], context: entry.context })).toEqual({ file, ...entry });
      expect(await mergeKubeconfig({ files: [file], ...entry })).toEqual({ changed: false, file });
      await removeFromKubeconfig({ files: [file], context: entry.context });
      const removed = await folder.read(fileName);
      expect(others(removed)).toEqual(others(before));
      expect((parse(removed) as Config)['current-context']).toBe(value['current-context']);
      expect(removed).not.toContain(`${entry.context}"`);
      expect(readKubeconfigEntry({ files: [file], context: entry.context })).toBeUndefined();
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('of several files, those that the entry is not in stay as they are, byte for byte', async () => {
  await using folder = await makeFolder();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(config, layout), { minLength: 2, maxLength: 3 }), async (values) => {
      count += 1;
      const texts = values.map(([value, write]) => write(value));
      const files = await Promise.all(texts.map((text, index) => folder.write(`many-${count}-${index}`, text)));
      await mergeKubeconfig({ files, ...entry });
      for (const [index, text] of texts.entries())
        if (index > 0) expect(await folder.read(`many-${count}-${index}`)).toBe(text);
      await removeFromKubeconfig({ files, context: entry.context });
      for (const [index, text] of texts.entries())
        if (index > 0) expect(await folder.read(`many-${count}-${index}`)).toBe(text);
    }),
    { numRuns: 20 },
  );
}, 60_000);
