import { expect, test } from 'vitest';
import { assertNodeVersion, SetupError } from '../../../bin/prepare.mjs';
import { findSwallowedFlags } from '../../../bin/swallowed-flags.mjs';

test.each(['20.19.0', '20.20.2', '22.0.0', '100.1.0'])('Node.js %s is new enough', (version) => {
  expect(() => {
    assertNodeVersion(version);
  }).not.toThrow();
});

test.each(['18.20.4', '20.18.3', '9.0.0'])('Node.js %s is too old, and the error says which is needed', (version) => {
  expect(() => {
    assertNodeVersion(version);
  }).toThrow(SetupError);
  expect(() => {
    assertNodeVersion(version);
  }).toThrow(`dind64 needs Node.js 20.19 or newer; this is ${version}`);
});

test.each<[string, Record<string, string>, string[], string | undefined]>([
  ['npm took it', { npm_lifecycle_event: 'status', npm_config_json: 'true' }, ['status'], 'npm run status -- --json'],
  [
    'with operands',
    { npm_lifecycle_event: 'clean', npm_config_images: 'true' },
    ['clean'],
    'npm run clean -- --images',
  ],
  [
    'kubectl’s flags',
    { npm_lifecycle_event: 'kubectl', npm_config_o: 'true', npm_config_all_namespaces: 'true' },
    ['kubectl', 'get', 'pods', 'wide'],
    'npm run kubectl -- ...',
  ],
  ['behind --', { npm_lifecycle_event: 'status' }, ['status', '--json'], undefined],
  ['in both places', { npm_lifecycle_event: 'status', npm_config_json: 'true' }, ['status', '--json'], undefined],
  ['turned off', { npm_lifecycle_event: 'status', npm_config_json: '' }, ['status'], undefined],
  ['a direct call below some npm', { npm_lifecycle_event: 'test', npm_config_json: 'true' }, ['status'], undefined],
  ['no npm', { npm_config_json: 'true' }, ['status'], undefined],
])('flags that npm swallows: %s', (_, env, argv, spelling) => {
  const text = findSwallowedFlags(env, argv);
  if (spelling === undefined) expect(text).toBeUndefined();
  else expect(text?.endsWith(spelling)).toBe(true);
});
