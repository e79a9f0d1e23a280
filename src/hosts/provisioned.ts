import { splitSections } from '../host/sections.js';
import { readScript } from '../shell.js';

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

/** A script and its arguments, for the shell of a host. */
interface HostScript {
  script: string;
  args: string[];
}

/** Makes a change, or takes it back by its record. */
export function provision(verb: 'apply' | 'undo', { name, item }: Pick<RecordedChange, 'name' | 'item'>): HostScript {
  return {
    script: readScript('hosts-provision.bash'),
    args: [verb, recordsFolder, name, ...(verb === 'apply' ? item : [])],
  };
}

/** Prints all records of a host, for `parseRecords`. */
export function listRecords(): HostScript {
  return { script: readScript('hosts-provision.bash'), args: ['list', recordsFolder] };
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
