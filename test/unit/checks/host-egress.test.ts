import { expect, test } from 'vitest';
import { judgeIpv6Egress } from '../../../src/checks/host-egress.js';
import { seenByHost } from './reports.js';

const target = (name: string): { name: string } => ({ name });

test.each([
  [
    'one that answers is enough',
    [seenByHost(target('a.test'), 'connected', 'timed-out'), seenByHost(target('b.test'), undefined, 'connected')],
    true,
    'the engine host reached b.test at [2001:db8::1]:443',
  ],
  [
    'none answers',
    [seenByHost(target('a.test'), 'connected', 'timed-out')],
    false,
    'the engine host reached none of [2001:db8::1]:443 (a.test: timed out)',
  ],
  [
    'IPv4 is no way over IPv6',
    ['a', 'b', 'c', 'd'].map((name) => seenByHost(target(`${name}.test`), 'connected', undefined)),
    false,
    'the engine host found no IPv6 address of a.test, b.test, c.test and 1 more',
  ],
])('%s', (_, reports, ok, reason) => {
  expect(judgeIpv6Egress(reports)).toEqual({ ok, reason });
});
