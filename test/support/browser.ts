import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';
import { readLabEnvironment } from '../lab/engine-environment.js';

/** Debian's Chromium without a screen, in a root filesystem of its own. */
const recipe: DebianRecipe = {
  name: 'chromium',
  suite: 'trixie',
  packages: ['chromium-headless-shell', 'fonts-dejavu-core'],
  output: 'directory',
};

const script = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mkdir -p "$1/proc" "$1/dev/shm" "$1/mnt"
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind "$2" "$1/mnt"
root=$1; shift 2
exec chroot "$root" env HOME=/mnt chromium-headless-shell --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --allow-file-access-from-files --virtual-time-budget=2000 "$@"`;

export interface BrowserPage {
  /** PNG of a window of that size. */
  screenshot: (width: number, height: number) => Promise<Buffer>;
  /** Width that the document wants in a window that is so wide; more than that: a reader must scroll sideways. */
  contentWidth: (width: number) => Promise<number>;
}

/** Opens a text as a page in Chromium, without a network. What it makes is removed when `use` has ended. */
export async function withBrowserPage<T>(
  html: string,
  extension: 'html' | 'svg',
  use: (page: BrowserPage) => Promise<T>,
): Promise<T> {
  const { cacheDir } = readLabEnvironment();
  const rootfs = await ensureDebianRootfs(cacheDir, recipe);
  const folder = await mkdtemp('/tmp/dind64-browser-');
  const run = async (argv: string[]): Promise<string> =>
    (
      await execa(
        'unshare',
        [
          '--mount',
          '--pid',
          '--fork',
          '--net',
          '--kill-child',
          '--',
          'sh',
          '-c',
          script,
          'browser',
          rootfs,
          folder,
          ...argv,
        ],
        { timeout: 120_000 },
      )
    ).stdout;
  try {
    await writeFile(join(folder, `page.${extension}`), html);
    return await use({
      screenshot: async (width, height) => {
        await run([`--window-size=${width},${height}`, '--screenshot=/mnt/page.png', `file:///mnt/page.${extension}`]);
        return readFile(join(folder, 'page.png'));
      },
      contentWidth: async (width) => {
        // A frame is as narrow as it says; windows have a least width.
        const frame = `<iframe id="f" src="page.${extension}" style="width:${width}px;height:800px;border:0"></iframe><script>document.getElementById('f').onload=function(){document.title='width '+this.contentDocument.documentElement.scrollWidth}</script>`;
        await writeFile(join(folder, 'frame.html'), `<!doctype html><title></title>${frame}`);
        const dom = await run(['--dump-dom', 'file:///mnt/frame.html']);
        return Number(/<title>width (\d+)<\/title>/.exec(dom)?.[1] ?? Number.NaN);
      },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
