import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, as far as they are missing; the topmost that was made, `undefined` where it was there. Throws the file system's errors.
 * Not mkdir's `recursive`: below a file system that says ENOENT to every mkdir (/proc) Node.js tries for ever (20 to 24), past every signal where it is synchronous.
 */
export async function makeDirectories(directory: string, mode = 0o777): Promise<string | undefined> {
  try {
    await mkdir(directory, mode);
    return directory;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return undefined;
    const above = dirname(directory);
    if (code !== 'ENOENT' || above === directory) throw error;
    const topmost = await makeDirectories(above, mode);
    await mkdir(directory, mode).catch((again: unknown) => {
      // Somebody else may have been faster.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    });
    return topmost ?? directory;
  }
}
