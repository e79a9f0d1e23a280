import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/progress/logger.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'dind64-logs-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('writes at once, for the user only, down to the level asked for', () => {
  const { log, file = '' } = createLogger(path.join(directory, 'logs'), 'info', 'up');
  log.debug('too fine');
  log.info({ step: 'network' }, 'made');
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([expect.objectContaining({ verb: 'up', step: 'network', msg: 'made' })]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each([
  [{ token: 'hunter2hunter2' }, 'hunter2'],
  [{ registry: { auth: 'dXNlcjpwYXNz', 'X-Registry-Auth': 'eyJhbGciOi' } }, 'dXNlcjpwYXNz'],
  [{ certificateKey: 'f00df00d' }, 'f00df00d'],
  [{ line: 'kubeadm join --token abcdef.0123456789abcdef' }, '0123456789abcdef'],
  [{ line: 'Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.x.y' }, 'eyJhbGciOiJSUzI1NiJ9'],
  [{ proxy: 'http://user:hunter2@proxy:3128' }, 'hunter2'],
  [{ file: '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAK\n-----END RSA PRIVATE KEY-----\n' }, 'MIIEpAIBAAK'],
  [{ yaml: 'user:\n  client-key-data: TUlJRXBBSUJB\n  token: x' }, 'TUlJRXBBSUJB'],
  [{ config: '{"password": "TUlJRXBBSUJB"}' }, 'TUlJRXBBSUJB'],
  [{ said: 'with eyJhbGciOiJSUzI1NiIsImtpZCI6.eyJpc3MiOiJrdWJlcm5ldGVz.c2lnbmF0dXJlLW9mLWl0 it went' }, 'c2lnbmF0dXJl'],
  [{ said: 'data LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSU end' }, 'LS0tLS1CRUdJTiBFQyBQUklWQVRF'],
  [{ config: '{"client-key-data":"TUlJRXBBSUJB"}' }, 'TUlJRXBBSUJB'],
])('keeps no secret: %o', (fields, secret) => {
  const { log, file = '' } = createLogger(directory, 'info', 'up');
  log.info({ ...fields, kept: 'visible' }, 'line');
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain(secret);
  expect(JSON.parse(text)).toMatchObject({ kept: 'visible', msg: 'line' });
});

test('keeps the newest ten', () => {
  for (let index = 0; index < 30; index += 1)
    writeFileSync(path.join(directory, `2020-01-${String(index).padStart(2, '0')}-up-1.log`), '');
  createLogger(directory, 'info', 'down');
  const names = readdirSync(directory).sort();
  expect(names).toHaveLength(10);
  expect(names[0]).toBe('2020-01-21-up-1.log');
  expect(names.at(-1)).toMatch(/-down-\d+\.log$/);
});

test('no file can be made: nothing is logged and nothing fails', () => {
  const { log, file } = createLogger('/dev/null/logs', 'info', 'up');
  log.info('gone');
  expect(file).toBeUndefined();
});
