import { describe, expect, it } from 'vitest';
import { hashContent } from '../../../src/images/content-hash.js';

const files = [
  { path: 'Dockerfile', content: 'FROM scratch' },
  { path: 'run', content: 'true', mode: 0o755 },
];

describe('hashContent', () => {
  it('does not depend on the order of files and arguments', () => {
    expect(hashContent([...files].reverse(), { B: '2', A: '1' })).toBe(hashContent(files, { A: '1', B: '2' }));
  });

  it.each([
    ['content', [{ ...files[0]!, content: 'FROM other' }, files[1]!], { A: '1' }],
    ['mode', [files[0]!, { ...files[1]!, mode: 0o644 }], { A: '1' }],
    ['path', [files[0]!, { ...files[1]!, path: 'walk' }], { A: '1' }],
    ['argument', files, { A: '2' }],
    ['a value that moves into the name', files, { A1: '' }],
  ])('changes with the %s', (_, changed, buildArgs) => {
    expect(hashContent(changed, buildArgs as Record<string, string>)).not.toBe(hashContent(files, { A: '1' }));
  });

  it('is 12 hex digits', () => {
    expect(hashContent(files, {})).toMatch(/^[0-9a-f]{12}$/);
  });
});
