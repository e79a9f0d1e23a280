import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filterShell, listFiles } from '../../../../scripts/lint/files.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'dind64-lint-'));
  mkdirSync(path.join(root, 'bin'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('files are those that git has or would take, and that are there', async () => {
  await execa('git', ['init', '--quiet'], { cwd: root });
  write('.gitignore', 'ignored\n');
  write('ignored', '');
  write('bin/added', '');
  write('removed', '');
  await execa('git', ['add', '--all'], { cwd: root });
  rmSync(path.join(root, 'removed'));
  write('new file', '');
  expect(await listFiles(root)).toEqual(['.gitignore', 'bin/added', 'new file']);
});

test('shell is told by its extension or its first line', () => {
  const shell = {
    'a.sh': 'true\n',
    'b.bash': 'true\n',
    bash: '#!/bin/bash\n',
    env: '#!/usr/bin/env bash\n',
    dash: '#!/bin/sh -e\n',
  };
  const other = {
    python: '#!/usr/bin/env python3\n',
    node: '#!/usr/bin/env node\n',
    text: 'sh\n#!/bin/sh\n',
    empty: '',
  };
  for (const [name, text] of Object.entries({ ...shell, ...other })) write(name, text);
  expect(filterShell(root, Object.keys({ ...shell, ...other }))).toEqual(Object.keys(shell));
});

function write(name: string, text: string): void {
  writeFileSync(path.join(root, name), text);
}
