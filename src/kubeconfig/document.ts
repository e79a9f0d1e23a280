import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  Scalar,
  parseDocument,
  type Document,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { DindError } from '../errors.js';

export type Section = 'clusters' | 'contexts' | 'users';

/** A kubeconfig as a YAML document: what dind64 does not change keeps its order, comments, quoting and unknown fields. */
export interface KubeconfigDocument {
  file: string;
  text: string;
  yaml: Document;
}

const emptyKubeconfig = 'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\ncurrent-context: ""\nusers: []\n';

/** Parses a kubeconfig's text; an empty one is a valid one. Throws DindError `kubeconfig-malformed` that names file and line. */
export function parseKubeconfig(file: string, text: string): KubeconfigDocument {
  const lines = new LineCounter();
  // Failsafe plus null: every scalar stays the text that it is, so nothing that is written back changes its looks or its type.
  const yaml = parseDocument(text.trim() === '' ? emptyKubeconfig : text, {
    schema: 'failsafe',
    customTags: ['null'],
    uniqueKeys: false,
    lineCounter: lines,
  });
  const [error] = yaml.errors;
  if (error !== undefined) throw malformed(file, error.linePos?.[0].line, error.message.split('\n')[0] ?? error.code);
  if (!isMap(yaml.contents)) throw malformed(file, 1, 'the document is not a mapping');
  for (const section of ['clusters', 'contexts', 'users'] as const) {
    const node = yaml.get(section, true);
    if (node === undefined || isSeq(node) || (isScalar(node) && node.value === null)) continue;
    throw malformed(
      file,
      lines.linePos((node as { range?: [number, number, number] }).range?.[0] ?? 0).line,
      `\`${section}\` is not a list`,
    );
  }
  return { file, text, yaml };
}

/** The text to write; equal to the text that was read when nothing was changed. */
export function renderKubeconfig(document: KubeconfigDocument): string {
  return document.yaml.toString({
    lineWidth: 0,
    indentSeq: usesIndentedLists(document.text),
    flowCollectionPadding: !/[{[]"/.test(document.text),
  });
}

/** The item of that name in a section; `undefined`: none. */
export function findEntry(document: KubeconfigDocument, section: Section, name: string): YAMLMap | undefined {
  const list = document.yaml.get(section);
  if (!isSeq(list)) return undefined;
  return list.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
}

/** Finds the item of that name in a section or adds it, with an empty mapping under `key` (`cluster`, `context`, `user`). */
export function ensureEntry(document: KubeconfigDocument, section: Section, key: string, name: string): YAMLMap {
  const found = findEntry(document, section, name) ?? addEntry(document, section, key, name);
  const body = found.get(key);
  if (isMap(body)) return body;
  found.set(key, document.yaml.createNode({}));
  return found.get(key) as YAMLMap;
}

/** Whether there was one. */
export function removeEntry(document: KubeconfigDocument, section: Section, name: string): boolean {
  const list = document.yaml.get(section);
  const entry = findEntry(document, section, name);
  if (!isSeq(list) || entry === undefined) return false;
  // The comment above the first item belongs to the list's node in the parser's eyes and stays.
  list.items = list.items.filter((item) => item !== entry);
  if (list.items.length === 0) list.flow = true;
  return true;
}

/** Empty when none is set. */
export function currentContext(document: KubeconfigDocument): string {
  const value = document.yaml.get('current-context');
  return typeof value === 'string' ? value : '';
}

export function setCurrentContext(document: KubeconfigDocument, name: string): void {
  const before = document.yaml.get('current-context', true);
  const node = new Scalar(name);
  // The failsafe schema would write any of these plain, and others would not read them as text.
  if (!/^(?!(?:true|false|yes|no|on|off|null|y|n)$)[a-z][\w@.:/-]*$/i.test(name)) node.type = 'QUOTE_DOUBLE';
  else if (isScalar(before) && before.value !== '' && before.type?.startsWith('QUOTE') === true)
    node.type = before.type;
  if (isScalar(before) && before.comment) node.comment = before.comment;
  document.yaml.set('current-context', node);
}

/** Whether no cluster, context or user is left in it. */
export function isEmptyKubeconfig(document: KubeconfigDocument): boolean {
  return (['clusters', 'contexts', 'users'] as const).every((section) => {
    const list = document.yaml.get(section);
    return !isSeq(list) || list.items.length === 0;
  });
}

function addEntry(document: KubeconfigDocument, section: Section, key: string, name: string): YAMLMap {
  let list = document.yaml.get(section);
  if (!isSeq(list)) {
    list = document.yaml.createNode([]);
    document.yaml.set(section, list);
  }
  const sequence = list as YAMLSeq;
  if (sequence.items.length === 0 && !isJson(document)) sequence.flow = false;
  // client-go writes `cluster`, `context` and `user` before or after `name` by the alphabet.
  const entry = document.yaml.createNode(key < 'name' ? { [key]: {}, name } : { name, [key]: {} }) as YAMLMap;
  sequence.add(entry);
  return entry;
}

function isJson(document: KubeconfigDocument): boolean {
  return document.text.trimStart().startsWith('{');
}

/** kubectl writes `- ` at the column of its key, people often two further. */
function usesIndentedLists(text: string): boolean {
  return /^(?:clusters|contexts|users):[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)* +-/m.test(text);
}

function malformed(file: string, line: number | undefined, observed: string): DindError {
  return new DindError({
    code: 'kubeconfig-malformed',
    source: 'user',
    doing: 'reading a kubeconfig',
    where: line === undefined ? file : `${file}, line ${line}`,
    observed,
    hint: 'nothing was written; repair the file, or let dind64 use another one: DIND_KUBECONFIG=./kubeconfig',
  });
}
