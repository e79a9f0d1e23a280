import { isMap, isPair, isScalar, type Document, type LineCounter } from 'yaml';
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
