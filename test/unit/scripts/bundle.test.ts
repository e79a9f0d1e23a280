import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/bundle.mjs', import.meta.url));

// Seen to fail with files named LICENCE left out, and without the older form of the field in package.json.
it('the bundle has the licence of every package that is in it beside it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dind64-bundle-'));
  try {
    await promisify(execFile)(process.execPath, [script, join(folder, 'main.js')]);
    const [bundle, licences] = await Promise.all(
      ['main.js', 'THIRD-PARTY.txt'].map((file) => readFile(join(folder, file), 'utf8')),
    );
    // The bundler names each module above its code.
    const modules = [...(bundle ?? '').matchAll(/^(?:  )?\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)];
    const packages = [...new Set(modules.map(([, name]) => name))].sort();
    const heads = [...(licences ?? '').matchAll(/^(\S+) \d+\.\d+\.\d+\S* \((.+)\)$/gm)];
    expect([...new Set(heads.map(([, name]) => name))].sort()).toEqual(packages);
    expect(packages).toEqual(expect.arrayContaining(['commander', 'dockerode', 'ssh2', 'zod']));
    expect(heads.map(([, , licence]) => licence)).not.toContain('undefined');
    const textless = (licences ?? '').split(/^-{80}$/m).filter((part) => part.length < 500);
    expect(textless.map((part) => part.trim().split(' ')[0])).toEqual(['split-ca']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
