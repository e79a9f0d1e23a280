// node scripts/bundle.mjs OUTFILE [ENTRY]: src/main.ts, or another module, and all that it imports as one file in a folder at the root, which starts in a
// third of the time that its 400 modules take.
// Types are not looked at here: `npm test -- types` does that.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const [outfile, entry = 'src/main.ts'] = process.argv.slice(2);

try {
  await build({
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
