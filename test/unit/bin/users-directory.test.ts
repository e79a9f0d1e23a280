import { expect, test } from 'vitest';
import { findUsersDirectory } from '../../../bin/users-directory.mjs';

const ours = { npm_lifecycle_event: 'up', npm_package_name: 'dind64', INIT_CWD: '/home/user/work' };

test.each<[string, Record<string, string>, string | undefined]>([
  ['npm --prefix /opt/dind64 run up, from elsewhere', ours, '/home/user/work'],
  ['a direct call', {}, undefined],
  ['a direct call below some npm', { ...ours, npm_lifecycle_event: 'test' }, undefined],
  ['a script of the same name in another package', { ...ours, npm_package_name: 'mine' }, undefined],
  ['a runner that does not tell', { ...ours, INIT_CWD: '' }, undefined],
])('%s', (_, env, directory) => {
  expect(findUsersDirectory(env, ['up'])).toBe(directory);
});
