import {
  currentContext,
  ensureEntry,
  findEntry,
  parseKubeconfig,
  setCurrentContext,
  type KubeconfigDocument,
  type Section,
} from './document.js';
import type { KubeconfigEntry, KubeconfigRecord } from './entry.js';
import { defaultFile, ensureDirectory, readKubeconfigs, writeKubeconfig } from './files.js';
import { withKubeconfigLocks, type LockOptions } from './lock.js';
import { hasRecord, writeRecord } from './note.js';
import { findInDocuments, readRecord } from './read.js';

export interface MergeResult {
  changed: boolean;
  file: string;
}

/**
 * Puts a cluster into the user's kubeconfigs and makes it the current context, as client-go's ModifyConfig would: an entry that is
 * there changes where it is, a new one goes to the first file that exists (else the last of the list). All else stays.
 * `files` is in client-go's order. Throws DindError `kubeconfig-...`, WaitError for a lock that stays.
 */
export async function mergeKubeconfig(
  request: KubeconfigEntry & { files: readonly string[] },
  options: LockOptions = {},
): Promise<MergeResult> {
  if (isMerged(readKubeconfigs(request.files), request)) return { changed: false, file: defaultFile(request.files) };
  const home = defaultFile(request.files);
  const madeDirectory = ensureDirectory(home);
  return withKubeconfigLocks(request.files, () => mergeLocked(request, home, madeDirectory), options);
}

function mergeLocked(
  request: KubeconfigEntry & { files: readonly string[] },
  homeFile: string,
  madeDirectory: string | undefined,
): MergeResult {
  const documents = readKubeconfigs(request.files);
  if (isMerged(documents, request)) return { changed: false, file: homeFile };
  let home = documents.find((document) => document.file === homeFile);
  const madeFile = home === undefined;
  if (home === undefined) {
    home = parseKubeconfig(homeFile, '');
    documents.push(home);
  }
  const changed = new Set<KubeconfigDocument>([home]);
  const place = (section: Section): KubeconfigDocument => {
    const owner = documents.find((document) => findEntry(document, section, request.context) !== undefined) ?? home;
    changed.add(owner);
    return owner;
  };
  const before = documents.map(currentContext).find((name) => name !== '') ?? '';
  putCluster(place('clusters'), request);
  putUser(place('users'), request);
  putContext(place('contexts'), request, {
    before,
    ...(madeFile ? { madeFile } : {}),
    madeDirectory,
  });
  if (before !== request.context) setCurrentContext(home, request.context);
  for (const document of changed) writeKubeconfig(document);
  return { changed: true, file: homeFile };
}

function isMerged(documents: readonly KubeconfigDocument[], wanted: KubeconfigEntry): boolean {
  const found = findInDocuments(documents, wanted.context);
  if (found === undefined || (documents.map(currentContext).find((name) => name !== '') ?? '') !== wanted.context)
    return false;
  return (['server', 'caData', 'clientCertData', 'clientKeyData'] as const).every(
    (field) => found[field] === wanted[field],
  );
}

function putCluster(document: KubeconfigDocument, entry: KubeconfigEntry): void {
  const body = ensureEntry(document, 'clusters', 'cluster', entry.context);
  for (const contradicting of ['certificate-authority', 'insecure-skip-tls-verify']) body.delete(contradicting);
  body.set('certificate-authority-data', entry.caData);
  body.set('server', entry.server);
}

function putUser(document: KubeconfigDocument, entry: KubeconfigEntry): void {
  const body = ensureEntry(document, 'users', 'user', entry.context);
  for (const contradicting of ['client-certificate', 'client-key']) body.delete(contradicting);
  body.set('client-certificate-data', entry.clientCertData);
  body.set('client-key-data', entry.clientKeyData);
}

/** Keeps a namespace that the user has chosen, and what an earlier `up` noted. */
function putContext(
  document: KubeconfigDocument,
  entry: KubeconfigEntry,
  now: Omit<KubeconfigRecord, 'previousContext'> & { before: string },
): void {
  const earlier = readRecord(document, entry.context);
  // Of two clusters that are brought up in turns, neither is what was there before both.
  const keepsEarlier =
    now.before === entry.context || (hasRecord(document, entry.context) && hasRecord(document, now.before));
  const previousContext = keepsEarlier ? earlier.previousContext : now.before;
  const body = ensureEntry(document, 'contexts', 'context', entry.context);
  body.set('cluster', entry.context);
  body.set('user', entry.context);
  const madeFile = now.madeFile ?? earlier.madeFile;
  const madeDirectory = now.madeDirectory ?? earlier.madeDirectory;
  writeRecord(document, entry.context, {
    previousContext,
    madeFile,
    madeDirectory,
  });
}
