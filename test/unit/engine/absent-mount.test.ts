import { expect, it } from 'vitest';
import { withoutAbsentMount } from '../../../src/engine/containers.js';

const modules = { type: 'bind' as const, source: '/lib/modules', target: '/lib/modules', optional: true };
const needed = { type: 'bind' as const, source: '/etc', target: '/host-etc' };
const bare = { image: 'node', labels: {}, network: 'none' as const };
const spec = { ...bare, mounts: [modules, needed] };
/** moby 28 and 29. */
const absent = (path: string): string =>
  `invalid mount config for type "bind": bind source path does not exist: ${path}`;

it('an optional mount whose source is not there is left out', () => {
  expect(withoutAbsentMount(spec, absent('/lib/modules'))).toEqual({ ...bare, mounts: [needed] });
});

it('all else that the engine says is an error', () => {
  expect(withoutAbsentMount(spec, absent('/etc'))).toBeUndefined();
  expect(withoutAbsentMount(spec, absent('/lib'))).toBeUndefined();
  expect(withoutAbsentMount(spec, 'no such image: node')).toBeUndefined();
  expect(withoutAbsentMount(bare, absent('/lib/modules'))).toBeUndefined();
});
