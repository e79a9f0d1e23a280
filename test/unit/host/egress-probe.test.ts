import { expect, test } from 'vitest';
import { parseEgressProbe } from '../../../src/host/egress-probe.js';

test.each([
  ['failed a.test 2001:db8::1 443\nreached b.test 2001:db8::2 80\n', true, 'the engine host reached b.test at [2001:db8::2]:80'],
  ['failed a.test 2001:db8::1 443\nunresolved b.test\n', false, 'the engine host reached none of [2001:db8::1]:443 (a.test) within 2 s'],
  ['unresolved a.test\nunresolved b.test\nunresolved c.test\nunresolved d.test\n', false, 'the engine host found no IPv6 address of a.test, b.test, c.test and 1 more'],
  ['', false, 'there were no targets to try'],
])('%j', (text, ok, reason) => {
  expect(parseEgressProbe(text)).toEqual({ ok, reason });
});
