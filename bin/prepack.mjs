// What `npm pack` runs first: the package holds dist and not src.
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ensureDependencies } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
await ensureDependencies(root);
await ensureBuilt(root);
