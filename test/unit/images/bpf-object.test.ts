import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { bpfFiles, recordOf, type BpfRecord } from '../../../scripts/bpf-object.js';

/** Seen to fail: with a blank line added to the source. */
it('the eBPF object in the tree is of the source in the tree (else: npm run build:bpf)', async () => {
  const [source, object, record] = await Promise.all([
    readFile(bpfFiles.source),
    readFile(bpfFiles.object),
    readFile(bpfFiles.record, 'utf8'),
  ]);
  const built = JSON.parse(record) as BpfRecord;
  expect(recordOf(source, object, built.compiler)).toEqual(built);
});
