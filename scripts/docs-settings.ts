import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { renderEnvExample, renderLegacyTable, renderSettingsTable } from '../src/settings/documents.js';
import { replaceBetween } from './marked-text.js';

/** Writes .env.example, the settings table of docs/settings.md and the table of kubeadm-dind-cluster's settings from the definitions. */
const table = 'docs/settings.md';
const legacy = 'docs/kubeadm-dind-cluster.md';
writeFileSync('.env.example', renderEnvExample());
if (existsSync('docs')) {
  writeFileSync(table, replaceBetween(readFileSync(table, 'utf8'), 'settings', renderSettingsTable()));
  writeFileSync(legacy, replaceBetween(readFileSync(legacy, 'utf8'), 'legacy', renderLegacyTable()));
}
