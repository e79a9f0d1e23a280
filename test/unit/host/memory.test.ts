import { expect, it } from 'vitest';
import { describeShortMemory } from '../../../src/host/memory.js';

const gigabyte = 1024 ** 3;

it('warns of a host that is too small, with the remedy that there is', () => {
  expect(describeShortMemory(gigabyte, 2)).toBe(
    'the engine host has 1.0 GB of memory, and a cluster with 2 workers takes about 1.1 GB: give it more, or make fewer nodes with DIND_NUM_WORKERS, or processes will be killed',
  );
  expect(describeShortMemory(gigabyte / 2, 0)).toBe(
    'the engine host has 0.5 GB of memory, and a cluster with 0 workers takes about 0.8 GB: give it more, or processes will be killed',
  );
});

it('says nothing of one that will do, and where the engine does not tell', () => {
  expect(describeShortMemory(2 * gigabyte, 2)).toBeUndefined();
  expect(describeShortMemory(undefined, 2)).toBeUndefined();
  expect(describeShortMemory(0, 2)).toBeUndefined();
});
