/** `npm run build:bpf`: builds the object that the NAT64 image holds from its source. */
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bpfFiles, buildBpfObject, recordOf } from './bpf-object.js';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dind64');
const { object, compiler } = await buildBpfObject(cache, (line) => process.stderr.write(`${line}\n`));
await writeFile(bpfFiles.object, object);
await writeFile(
  bpfFiles.record,
  `${JSON.stringify(recordOf(await readFile(bpfFiles.source), object, compiler), null, 2)}\n`,
);
process.stdout.write(`${bpfFiles.object}: ${object.length} bytes by ${compiler}\n`);
