// node scripts/bundle.mjs OUTFILE [ENTRY]: src/main.ts, or another module, and all that it imports as one file in a folder at the root, which starts in a
// third of the time that its 400 modules take; beside it THIRD-PARTY.txt, with the licences of the packages that are in it.
// Types are not looked at here: `npm test -- types` does that.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [outfile, entry = 'src/main.ts'] = process.argv.slice(2);

try {
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'silent',
    // Native parts of ssh2, which does without them.
    external: ['cpu-features', '*.node'],
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { fileURLToPath as __fileURLToPath } from 'node:url';",
        'const require = __createRequire(import.meta.url);',
        "const __filename = __fileURLToPath(import.meta.url), __dirname = __filename.replace(/[\\\\/][^\\\\/]*$/, '');",
      ].join('\n'),
    },
    plugins: [{ name: 'own-urls', setup: keepOwnUrls }],
  });
  await writeFile(
    path.join(path.dirname(path.resolve(root, outfile)), 'THIRD-PARTY.txt'),
    await listLicences(Object.keys(metafile.inputs)),
  );
} catch (error) {
  for (const { location, text } of error.errors ?? [{ text: String(error) }])
    process.stderr.write(`${location ? `${location.file}:${location.line}:${location.column + 1}: ` : ''}${text}\n`);
  process.exitCode = 1;
}

/** What a module reads beside itself (images/, shell/) is looked for from where its source stands, be the source there or not. */
function keepOwnUrls({ onLoad }) {
  onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path: file }) => {
    const contents = await readFile(file, 'utf8');
    if (!contents.includes('import.meta.url')) return undefined;
    const fromDist = path.posix.join('..', path.relative(root, file).split(path.sep).join('/'));
    const url = `new URL(${JSON.stringify(fromDist)}, import.meta.url).href`;
    return { loader: 'ts', contents: contents.replaceAll('import.meta.url', url) };
  });
}

/** Name, version, licence and its text, of each package that a bundled module is of. Licences ask for it where the code is handed on. */
async function listLicences(modules) {
  const folders = new Set(modules.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts = await Promise.all(
    [...folders].sort().map(async (folder) => {
      const { name, version, license, licenses } = JSON.parse(
        await readFile(path.join(root, folder, 'package.json'), 'utf8'),
      );
      const files = (await readdir(path.join(root, folder))).filter((file) =>
        /^(licen[cs]e|copying|notice)/i.test(file),
      );
      const bodies = await Promise.all(files.sort().map((file) => readFile(path.join(root, folder, file), 'utf8')));
      return [
        `${name} ${version} (${license ?? licenses.map(({ type }) => type).join(', ')})`,
        ...bodies.map((body) => body.trim()),
      ].join('\n\n');
    }),
  );
  return `dind64's own licence is Apache-2.0. These packages are in its files as well:\n\n${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
