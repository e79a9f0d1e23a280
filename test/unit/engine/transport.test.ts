import { expect, it } from 'vitest';
import { lowerVersion } from '../../../src/engine/transport.js';

it.each([['1.48', '1.51', '1.48'], ['1.53', '1.51', '1.51'], ['1.9', '1.51', '1.9'], ['2.0', '1.51', '1.51'], ['1.51', '1.51', '1.51']])('the lower of %s and %s', (one, other, lower) => {
  expect(lowerVersion(one, other)).toBe(lower);
});
