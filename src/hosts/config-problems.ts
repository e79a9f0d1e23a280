import { isMap, isPair, isScalar, visit, type Document, type LineCounter } from 'yaml';
import { DindError } from '../errors.js';

/** One thing that is wrong with a hosts file: the field, as its path of keys, and the reason. */
export interface ConfigProblem {
  path: readonly PropertyKey[];
  text: string;
}

/** The line of a field; for one that is not there, that of the nearest field around it. */
export function lineOf(yaml: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: unknown = yaml.contents;
  let offset = 0;
  for (const part of path) {
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part))
      : undefined;
    if (pair === undefined || !isScalar(pair.key)) break;
    offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return lines.linePos(offset).line;
}

/**
 * Where the file is no YAML, or names an anchor that is not there. The parser's own messages are not used: they quote the file, and a token may
 * stand on the line.
 */
export function syntaxProblems(yaml: Document.Parsed, lines: LineCounter): { line: number; text: string }[] {
  const problems = yaml.errors.map(({ code, pos: [offset] }) => {
    const { line, col } = lines.linePos(offset);
    return { line, text: `not valid YAML at column ${col}: ${code.toLowerCase().replaceAll('_', ' ')}` };
  });
  visit(yaml, {
    Alias: (_key, alias) => {
      if (alias.resolve(yaml) !== undefined) return;
      const { line, col } = lines.linePos(alias.range?.[0] ?? 0);
      problems.push({ line, text: `an alias (\`*\`) at column ${col} without its anchor (\`&\`)` });
    },
  });
  return problems;
}

/** All that is wrong with a hosts file, in one error. */
export function badHostsConfig(file: string, problems: readonly { line: number; text: string }[]): DindError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new DindError({
    code: 'bad-hosts-config',
    source: 'user',
    doing: 'reading the hosts file',
    where: file,
    observed: [count, ...problems.map(({ line, text }) => `  line ${line}: ${text}`)].join('\n'),
    hint: 'nothing was touched; correct these lines',
    exitCode: 2,
  });
}
