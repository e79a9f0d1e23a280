import {
  currentContext,
  findEntry,
  isEmptyKubeconfig,
  removeEntry,
  setCurrentContext,
  type KubeconfigDocument,
} from './document.js';
import { readKubeconfigs, removeEmptyDirectories, removeKubeconfig, writeKubeconfig } from './files.js';
import { withKubeconfigLocks, type LockOptions } from './lock.js';
import { bequeathRecord } from './note.js';
import { readRecord } from './read.js';

export interface RemoveResult {
  removed: boolean;
  /** The current context afterwards; empty: none. */
  currentContext: string;
}

/**
 * Takes a cluster out of the user's kubeconfigs. Where it is the current context, the one before it is put back if it still exists,
 * else there is none afterwards. A file that dind64 made and that holds nothing else is removed.
 * Throws DindError `kubeconfig-...`, WaitError for a lock that stays.
 */
export async function removeFromKubeconfig(
  request: { files: readonly string[]; context: string },
  options: LockOptions = {},
): Promise<RemoveResult> {
  const documents = readKubeconfigs(request.files);
  if (!documents.some((document) => mentions(document, request.context)))
    return { removed: false, currentContext: effectiveContext(documents) };
  const removal = await withKubeconfigLocks(
    documents.map((document) => document.file),
    () => removeLocked(request),
    options,
  );
  // Not before the lock files in them are gone.
  for (const { file, topmost } of removal.madeDirectories) removeEmptyDirectories(file, topmost);
  return { removed: true, currentContext: removal.currentContext };
}

function removeLocked({ files, context }: { files: readonly string[]; context: string }): {
  currentContext: string;
  madeDirectories: { file: string; topmost: string }[];
} {
  const documents = readKubeconfigs(files);
  const touched = documents.filter((document) => mentions(document, context));
  const records = new Map(touched.map((document) => [document, readRecord(document, context)]));
  const previous = [...records.values()].find((record) => record.previousContext !== undefined)?.previousContext ?? '';
  for (const document of touched) {
    bequeathRecord(document, context, records.get(document) ?? {});
    removeEntry(document, 'contexts', context);
    removeEntry(document, 'clusters', context);
    removeEntry(document, 'users', context);
  }
  const restored = documents.some((document) => findEntry(document, 'contexts', previous) !== undefined)
    ? previous
    : '';
  for (const document of touched) {
    if (currentContext(document) === context) setCurrentContext(document, restored);
  }
  const madeDirectories = [];
  for (const document of touched) {
    const { madeFile, madeDirectory } = records.get(document) ?? {};
    if (madeFile !== true || !isEmptyKubeconfig(document) || currentContext(document) !== '') {
      writeKubeconfig(document);
      continue;
    }
    removeKubeconfig(document.file);
    if (madeDirectory !== undefined) madeDirectories.push({ file: document.file, topmost: madeDirectory });
  }
  return { currentContext: effectiveContext(documents), madeDirectories };
}

function mentions(document: KubeconfigDocument, context: string): boolean {
  return (
    currentContext(document) === context ||
    (['clusters', 'contexts', 'users'] as const).some((section) => findEntry(document, section, context) !== undefined)
  );
}

function effectiveContext(documents: readonly KubeconfigDocument[]): string {
  return documents.map(currentContext).find((name) => name !== '') ?? '';
}
