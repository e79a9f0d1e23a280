import { posix } from 'node:path';

/** A file of the repository: its path below the root, and its text. */
interface TextFile {
  path: string;
  text: string;
}

/** Folders whose files runs write, at first beside an older tree. */
const written = ['docs/results'];
const file = /(?<![\w/.:@*{}$<>~-])(?:\.{1,2}\/)*[\w.-]+(?:\/[\w.-]+)*\.(?:md|ts|mjs|bash|svg)\b(?![\w/])/g;
const folder = /(?<![\w/.:@*{}$<>~-])(?:src|test|scripts|docs|images|schemas|bin)(?:\/[\w-][\w.-]*)+(?![\w/*{}$<>-])/g;
const comment = /(?:^|\s)(?:\/\/|\/\*\*?|\*|#)\s(.*)/;
const link = /\]\(([^)\s]+)\)/g;

/**
 * What comments, documents and links name and the tree does not have: `path:line: name`. A name stands for a path below the root, beside the
 * file that names it, or for the end of a path (`plan/types.ts`). Documents (`.md`) are looked for in all text, other names in comments and documents.
 */
export function findBrokenReferences(files: readonly TextFile[], paths: readonly string[]): string[] {
  const known = new Set(paths.flatMap(listTails));
  const anchors = new Map(files.filter(({ path }) => isDocument(path)).map((one) => [one.path, listAnchors(one.text)]));
  const exists = (from: string, name: string): boolean =>
    known.has(posix.join(posix.dirname(from), name)) ||
    known.has(posix.normalize(name)) ||
    written.some((path) => name.startsWith(path));
  const followed = (from: string, target: string): boolean => {
    if (/^[a-z]+:/.test(target)) return true;
    const [name = '', anchor] = target.split('#');
    const path = name === '' ? from : posix.join(posix.dirname(from), name);
    return known.has(path) && (anchor === undefined || (anchors.get(path)?.has(anchor) ?? true));
  };
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const said = isDocument(path) ? line : (comment.exec(line)?.[1] ?? '');
      const names = [
        ...matches(line, file).filter(isDocument),
        ...matches(said, file).filter((name) => !isDocument(name)),
        ...matches(said, folder),
      ].filter((name) => !exists(path, name));
      const links = isDocument(path)
        ? [...line.matchAll(link)].flatMap(([, to = '']) => (followed(path, to) ? [] : [to]))
        : [];
      return [...new Set([...names, ...links])].map((name) => `${path}:${index + 1}: ${name}`);
    }),
  );
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([found]) => found.replace(/\.$/, ''));
}

function isDocument(path: string): boolean {
  return path.endsWith('.md');
}

/** Of `a/b/c`: itself, its ends `b/c` and `c`, and the folders `a` and `a/b`. */
function listTails(path: string): string[] {
  const parts = path.split('/');
  return parts.flatMap((_, at) => [parts.slice(at).join('/'), ...(at === 0 ? [] : [parts.slice(0, at).join('/')])]);
}

/** The anchors that a Markdown renderer makes of headings. */
function listAnchors(text: string): Set<string> {
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}
