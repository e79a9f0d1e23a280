import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { lowerVersion, openConnection } from '../../../src/engine/transport.js';

it.each([
  ['1.48', '1.51', '1.48'],
  ['1.53', '1.51', '1.51'],
  ['1.9', '1.51', '1.9'],
  ['2.0', '1.51', '1.51'],
  ['1.51', '1.51', '1.51'],
])('the lower of %s and %s', (one, other, lower) => {
  expect(lowerVersion(one, other)).toBe(lower);
});

// Seen to fail without quietInspection: docker-modem inspects the options of a request, hidden properties and all.
it('the options of a request are not looked through', async () => {
  const { docker } = openConnection({
    url: 'unix:///nonexistent',
    source: 'the default',
    address: { kind: 'unix', path: '/nonexistent' },
  });
  let looked = false;
  const signal = new AbortController().signal;
  Object.defineProperty(signal, 'listeners', {
    get: () => {
      looked = true;
      return [];
    },
    enumerable: true,
  });
  Object.defineProperty(signal, inspect.custom, {
    value: () => {
      looked = true;
      return '';
    },
  });
  const ping = docker.ping.bind(docker) as (options: object) => Promise<unknown>;
  await expect(ping({ abortSignal: signal })).rejects.toThrow('ENOENT');
  expect(looked).toBe(false);
});
