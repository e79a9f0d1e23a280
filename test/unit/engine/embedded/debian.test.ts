import { expect, test } from 'vitest';
import { debianRootfsPath, type DebianRecipe } from '../../../../src/engine/embedded/debian.js';

const recipe: DebianRecipe = {
  name: 'base',
  suite: 'trixie',
  packages: ['iproute2', 'nftables'],
  architecture: 'amd64',
  output: 'tar',
};

test('the same recipe has the same path, whatever the machine', () => {
  expect(debianRootfsPath('/cache', recipe)).toMatch(/^\/cache\/rootfs\/base-[0-9a-f]{12}\.tar$/);
  expect(debianRootfsPath('/cache', { ...recipe, hooks: [] })).toBe(debianRootfsPath('/cache', recipe));
});

test.each<Partial<DebianRecipe>>([
  { suite: 'forky' },
  { packages: ['iproute2'] },
  { architecture: 'arm64' },
  { output: 'directory' },
  { hooks: ['true'] },
])('a recipe with other content has another path: %o', (change) => {
  expect(debianRootfsPath('/cache', { ...recipe, ...change })).not.toBe(debianRootfsPath('/cache', recipe));
});
