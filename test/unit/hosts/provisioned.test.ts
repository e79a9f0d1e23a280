// Seen to fail: with `before` taken for an argument of the item (the second test); without the look for a record's last line (the last one).
import { expect, test } from 'vitest';
import type { ProvisionedChange } from '../../../src/hosts/plan-changes.js';
import { listRecords, parseRecords, provision } from '../../../src/hosts/provisioned.js';

test('what the script is told', () => {
  const change: ProvisionedChange = { name: '01-address', item: ['address', 'eth1', 'fd00:20::2/64'] };
  const folder = '/var/lib/dind64/changes';
  expect(provision('apply', change).args).toEqual(['apply', folder, '01-address', 'address', 'eth1', 'fd00:20::2/64']);
  expect(provision('undo', change).args).toEqual(['undo', folder, '01-address']);
  expect(listRecords().args).toEqual(['list', folder]);
});

test('the records of a host', () => {
  const text = `
@@ 01-address
address
eth1
fd00:20::2/64
before absent

@@ 02-ipv6-forwarding
ipv6-forwarding
before default wg0 
`;
  expect(parseRecords(text)).toEqual([
    { name: '01-address', item: ['address', 'eth1', 'fd00:20::2/64'], before: 'absent' },
    { name: '02-ipv6-forwarding', item: ['ipv6-forwarding'], before: 'default wg0 ' },
  ]);
});

test('a host without records, and a file that is none', () => {
  expect(parseRecords('')).toEqual([]);
  expect(parseRecords('\n@@ notes\nof the owner\nof the host\n')).toEqual([]);
});
