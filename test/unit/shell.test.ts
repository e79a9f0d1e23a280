import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readScript } from '../../src/shell.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('shell/ has the scripts that src names, and no others', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const named = sources.flatMap((path) =>
    [...readFileSync(join(root, 'src', path), 'utf8').matchAll(/'([\w-]+\.(?:bash|sh|pl))'/g)].map(([, name]) => name),
  );
  expect([...new Set(named)].sort()).toEqual(readdirSync(join(root, 'shell')).sort());
});

test('a script is read as it is', () => {
  expect(readScript('wait-for-api.bash')).toMatch(/^#!\/bin\/bash\n# ADDRESS SECONDS KUBECONFIG\n/);
});
