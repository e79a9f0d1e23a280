import { findEntry } from './document.js';
import { assertWritable, defaultFile, ensureDirectory, readKubeconfigs, removeEmptyDirectories } from './files.js';
import { withKubeconfigLocks, type LockOptions } from './lock.js';

/**
 * Whether a later merge of this context will succeed, seen by its own means: all files are read, and those that it would write are locked, which makes
 * a file beside each. Leaves nothing. Throws DindError `kubeconfig-...`, WaitError for a lock that stays.
 */
export async function checkKubeconfigs(
  { files, context }: { files: readonly string[]; context: string },
  options: LockOptions = {},
): Promise<void> {
  const documents = readKubeconfigs(files);
  const home = defaultFile(files);
  const holders = documents.filter((document) =>
    (['clusters', 'contexts', 'users'] as const).some((section) => findEntry(document, section, context) !== undefined),
  );
  const madeDirectory = ensureDirectory(home);
  try {
    for (const file of new Set([home, ...holders.map((document) => document.file)])) assertWritable(file);
    await withKubeconfigLocks(files, () => undefined, options);
  } finally {
    if (madeDirectory !== undefined) removeEmptyDirectories(home, madeDirectory);
  }
}
