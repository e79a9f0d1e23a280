import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { renderEnvExample, renderSettingsTable } from '../src/settings/documents.js';
import { replaceBetween } from './marked-text.js';

/** Writes .env.example and the settings table of README.md from the definitions. */
writeFileSync('.env.example', renderEnvExample());
if (existsSync('README.md')) {
  writeFileSync('README.md', replaceBetween(readFileSync('README.md', 'utf8'), 'settings', renderSettingsTable()));
}
