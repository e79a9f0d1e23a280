// What `npm pack` runs first: the package holds dist and not src. The library is modules with their types, beside the command line in one file.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ensureDependencies } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await ensureDependencies(root);
await ensureBuilt(root);
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
