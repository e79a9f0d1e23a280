import { expect, it } from 'vitest';
import { parseHealth } from '../../../../src/cluster/helpers/helper.js';

it('parseHealth reads problems and facts, and leaves out what is neither', () => {
  const text =
    'problem unbound does not answer at fd00:20::100\nfact egress eth0\nfact resolvers host(127.0.0.53) 192.0.2.53\nsomething else\n\n';
  expect(parseHealth(text)).toEqual({
    problems: ['unbound does not answer at fd00:20::100'],
    facts: { egress: 'eth0', resolvers: 'host(127.0.0.53) 192.0.2.53' },
  });
  expect(parseHealth('')).toEqual({ problems: [], facts: {} });
});
