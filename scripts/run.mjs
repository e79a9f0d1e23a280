// node scripts/run.mjs NAME [ARGUMENT...]: runs the TypeScript file of that name beside this one, with the dependencies installed before where they are not.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertNodeVersion, ensureDependencies, SetupError } from '../bin/prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [name = '', ...argv] = process.argv.slice(2);

try {
  assertNodeVersion(process.versions.node);
  await ensureDependencies(root);
  const { status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', path.join(root, 'scripts', `${name}.ts`), ...argv],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
