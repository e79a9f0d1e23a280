import { expect, it } from 'vitest';
import { renderLabel } from '../../../src/engine/image-archives.js';

it('quotes a LABEL line for the Dockerfile parser', () => {
  expect(renderLabel(['dev.dind64.content', 'a "b" $C \\ d'])).toBe(
    'LABEL "dev.dind64.content"="a \\"b\\" \\$C \\\\ d"',
  );
});
