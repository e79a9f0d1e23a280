import { expect, it } from 'vitest';
import { kindestNodes } from '../../../src/images/kindest.js';

it('pins every kindest/node image by digest', () => {
  for (const [minor, reference] of Object.entries(kindestNodes))
    expect(reference).toMatch(new RegExp(`^kindest/node:v${minor.replace('.', '\\.')}\\.\\d+@sha256:[0-9a-f]{64}$`));
});
