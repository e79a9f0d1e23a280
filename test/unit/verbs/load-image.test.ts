import { expect, it } from 'vitest';
import { namesToLoad } from '../../../src/verbs/load-image.js';

const id = 'sha256:0123456789ab';

it.each<[string, string[], string[]]>([
  ['app:1', ['app:1', 'app:2'], ['app:1']],
  ['app', ['app:latest', 'app:2'], ['app:latest']],
  ['localhost:5000/app', ['localhost:5000/app:latest', 'app:2'], ['localhost:5000/app:latest']],
  ['docker.io/library/app:1', ['app:1'], ['app:1']],
  ['0123456789ab', ['app:1', 'app:2'], ['app:1', 'app:2']],
  [id, ['app:1'], ['app:1']],
  ['app@sha256:00ff', ['app:1'], ['app:1']],
])('%s of an image with the names %o', (source, tags, names) => {
  expect(namesToLoad(source, { id, tags })).toEqual(names);
});

it('an image without a name is refused: no pod could use it', () => {
  for (const tags of [[], ['<none>:<none>']])
    expect(() => namesToLoad('0123456789ab', { id, tags })).toThrow(/has no name that a pod could use/);
});
