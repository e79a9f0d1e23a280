import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBetween, replaceBetween } from '../../../scripts/marked-text.js';
import { renderEnvExample, renderLegacyTable, renderSettingsTable } from '../../../src/settings/documents.js';

const remedy = 'run `npm run docs:settings`';

test('.env.example is what the definitions say', () => {
  expect(readFileSync('.env.example', 'utf8'), remedy).toBe(renderEnvExample());
});

test.runIf(existsSync('docs'))('the settings table of docs/settings.md is what the definitions say', () => {
  expect(readBetween(readFileSync('docs/settings.md', 'utf8'), 'settings'), remedy).toBe(renderSettingsTable());
});

test.runIf(existsSync('docs'))(
  'the table of kubeadm-dind-cluster’s settings is what the definitions say, and README.md leads to it',
  () => {
    expect(readBetween(readFileSync('docs/kubeadm-dind-cluster.md', 'utf8'), 'legacy'), remedy).toBe(
      renderLegacyTable(),
    );
    expect(readFileSync('README.md', 'utf8')).toContain('](docs/kubeadm-dind-cluster.md)');
  },
);

test('text between markers is replaced, and only that', () => {
  expect(replaceBetween('a\n<!-- x -->\nold\n<!-- /x -->\nb', 'x', 'new')).toBe('a\n<!-- x -->\nnew\n<!-- /x -->\nb');
  expect(() => replaceBetween('a', 'x', 'new')).toThrow('there is no <!-- x -->');
});
