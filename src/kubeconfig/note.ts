import { isMap, isSeq } from 'yaml';
import { ensureEntry, findEntry, type KubeconfigDocument } from './document.js';
import { extensionName, type KubeconfigRecord } from './entry.js';
import { readRecord } from './read.js';

/** Notes in a context what `down` and `clean` need to put the file back. */
export function writeRecord(
  document: KubeconfigDocument,
  context: string,
  { previousContext, madeFile, madeDirectory }: KubeconfigRecord,
): void {
  const noted = {
    ...(previousContext === undefined || previousContext === '' ? {} : { 'previous-context': previousContext }),
    ...(madeFile === true ? { 'made-file': 'true' } : {}),
    ...(madeDirectory === undefined ? {} : { 'made-directory': madeDirectory }),
  };
  const body = ensureEntry(document, 'contexts', 'context', context);
  const list = body.get('extensions');
  const others = isSeq(list) ? list.items.filter((item) => !isMap(item) || item.get('name') !== extensionName) : [];
  body.set('extensions', document.yaml.createNode([...others, { extension: noted, name: extensionName }]));
}

/** A cluster that goes leaves what it noted to another one in the same file, which goes later and then puts back what was before both. */
export function bequeathRecord(document: KubeconfigDocument, gone: string, record: KubeconfigRecord): void {
  const list = document.yaml.get('contexts');
  const names = isSeq(list)
    ? list.items.flatMap((item) =>
        isMap(item) && typeof item.get('name') === 'string' ? [item.get('name') as string] : [],
      )
    : [];
  const heirs = names.filter((name) => name !== gone && hasRecord(document, name));
  for (const [index, name] of heirs.entries()) {
    const own = readRecord(document, name);
    const { previousContext } = own.previousContext === gone ? record : own;
    const { previousContext: _, ...others } = index === 0 ? { ...record, ...own } : own;
    writeRecord(document, name, { ...others, previousContext });
  }
}

/** Whether the context is one of dind64's. */
export function hasRecord(document: KubeconfigDocument, name: string): boolean {
  const body = findEntry(document, 'contexts', name)?.get('context');
  const list = isMap(body) ? body.get('extensions') : undefined;
  return isSeq(list) && list.items.some((item) => isMap(item) && item.get('name') === extensionName);
}
