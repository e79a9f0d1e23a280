import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { tellRunner } from '../../../src/action/runner-files.js';
import { readRunnerFile } from '../../support/runner-files.js';

it('a value says nothing but itself, whatever stands in it', () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'dind64-runner-')), 'output');
  const env = { GITHUB_OUTPUT: file };
  tellRunner(env, 'GITHUB_OUTPUT', 'one', 'a\nEOF\ntwo=b');
  tellRunner(env, 'GITHUB_OUTPUT', 'three', '');
  expect(readRunnerFile(readFileSync(file, 'utf8'))).toEqual({ one: 'a\nEOF\ntwo=b', three: '' });
});

it('outside of a runner nothing is written', () => {
  tellRunner({}, 'GITHUB_OUTPUT', 'one', 'a');
});
