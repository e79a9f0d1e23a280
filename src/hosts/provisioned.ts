import { splitSections } from '../host/sections.js';

/** Where a host keeps the records of what was changed on it. */
const recordsFolder = '/var/lib/dind64/changes';

/** A change that was made on a host, as its record tells it. */
interface RecordedChange {
  name: string;
  /** The item and its arguments: of the dind64 that made it. */
  item: string[];
  /** What was there before. */
  before: string;
}

/** The arguments of shell/hosts-provision.bash that make a change, or take it back. */
export function provisionArguments(
  verb: 'apply' | 'undo',
  { name, item }: Pick<RecordedChange, 'name' | 'item'>,
): string[] {
  return [verb, recordsFolder, name, ...(verb === 'apply' ? item : [])];
}

/** The arguments that print all records of a host. */
export function listArguments(): string[] {
  return ['list', recordsFolder];
}

/** Reads what `list` printed: the records, oldest first. What is no record is left out: it is nothing that could be taken back. */
export function parseRecords(text: string): RecordedChange[] {
  return [...splitSections(text)].flatMap(([name, content]) => {
    const lines = content.split('\n');
    const before = /^before (.*)$/.exec(lines.pop() ?? '')?.[1];
    const [item, ...args] = lines;
    return before === undefined || item === undefined ? [] : [{ name, item: [item, ...args], before }];
  });
}
