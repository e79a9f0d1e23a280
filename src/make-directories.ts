import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, as far as they are missing; the topmost that was made, `undefined` where it was there. Throws the file system's errors.
 * Not mkdir's `recursive`: below a file system that answers ENOENT to every mkdir (/proc), Node.js tries again for ever, deaf to signals where it is synchronous.
 */
export function makeDirectories(directory: string, mode = 0o777): string | undefined {
  try {
    mkdirSync(directory, mode);
    return directory;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(directory).isDirectory()) return undefined;
    const above = dirname(directory);
    if (code !== 'ENOENT' || above === directory) throw error;
    const topmost = makeDirectories(above, mode);
    try {
      mkdirSync(directory, mode);
    } catch (again) {
      // Somebody else may have been faster.
      if ((again as NodeJS.ErrnoException).code !== 'EEXIST') throw again;
    }
    return topmost ?? directory;
  }
}
