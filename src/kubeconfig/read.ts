import { isMap, type YAMLMap } from 'yaml';
import { findEntry, type KubeconfigDocument } from './document.js';
import { extensionName, type KubeconfigEntry, type KubeconfigRecord } from './entry.js';
import { readKubeconfigs } from './files.js';

/**
 * What the user's kubeconfigs say of a context; `undefined` when no file has it. Fields that are missing are empty.
 * Throws DindError `kubeconfig-malformed`, `kubeconfig-not-readable`.
 */
export function readKubeconfigEntry(request: {
  files: readonly string[];
  context: string;
}): (KubeconfigEntry & { file: string }) | undefined {
  return findInDocuments(readKubeconfigs(request.files), request.context);
}

/** The same for documents that were read before. */
export function findInDocuments(
  documents: readonly KubeconfigDocument[],
  context: string,
): (KubeconfigEntry & { file: string }) | undefined {
  // client-go: the first file that sets an entry wins.
  const owner = documents.find((document) => findEntry(document, 'contexts', context) !== undefined);
  if (owner === undefined) return undefined;
  const body = bodyOf(owner, 'contexts', 'context', context);
  const cluster = bodyIn(documents, 'clusters', 'cluster', textAt(body, 'cluster'));
  const user = bodyIn(documents, 'users', 'user', textAt(body, 'user'));
  return {
    file: owner.file,
    context,
    server: textAt(cluster, 'server'),
    caData: textAt(cluster, 'certificate-authority-data'),
    clientCertData: textAt(user, 'client-certificate-data'),
    clientKeyData: textAt(user, 'client-key-data'),
  };
}

/** What dind64 noted in the context when it made it. */
export function readRecord(document: KubeconfigDocument, context: string): KubeconfigRecord {
  const extensions = bodyOf(document, 'contexts', 'context', context)?.toJSON() as
    { extensions?: { name?: string; extension?: Record<string, string> }[] } | undefined;
  const noted = extensions?.extensions?.find((one) => one.name === extensionName)?.extension ?? {};
  const previous = noted['previous-context'];
  const directory = noted['made-directory'];
  return {
    ...(previous ? { previousContext: previous } : {}),
    ...(noted['made-file'] === 'true' ? { madeFile: true as const } : {}),
    ...(directory ? { madeDirectory: directory } : {}),
  };
}

function bodyIn(
  documents: readonly KubeconfigDocument[],
  section: 'clusters' | 'users',
  key: string,
  name: string,
): YAMLMap | undefined {
  const owner = documents.find((document) => findEntry(document, section, name) !== undefined);
  return owner === undefined ? undefined : bodyOf(owner, section, key, name);
}

function bodyOf(
  document: KubeconfigDocument,
  section: 'clusters' | 'contexts' | 'users',
  key: string,
  name: string,
): YAMLMap | undefined {
  const body = findEntry(document, section, name)?.get(key);
  return isMap(body) ? body : undefined;
}

function textAt(body: YAMLMap | undefined, key: string): string {
  const value = body?.get(key);
  return typeof value === 'string' ? value : '';
}
