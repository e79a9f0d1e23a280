import { describe, expect, test } from 'vitest';
import { judgeFirewalls } from '../../../src/host/judge-firewalls.js';
import { listReversePathDrops } from '../../../src/host/reverse-path.js';
import type { FirewallChain } from '../../../src/plan/types.js';

const prerouting = (
  text: string,
  table = 'inet firewalld',
  hook: string | undefined = 'prerouting',
): FirewallChain => ({
  table,
  name: 'mangle_PREROUTING',
  hook,
  policy: 'accept',
  rules: [{ text, statements: [{ drop: null }] }],
});
const strict = 'meta nfproto ipv6 fib saddr . mark . iif oif missing drop';

describe('rules that ask for the way back', () => {
  test.each([
    [strict, 'inet firewalld', 1],
    ['fib saddr . iif oif 0 counter packets 1 bytes 2 drop', 'ip6 mine', 1],
    // firewalld's IPv6_rpfilter=loose: any way back will do.
    ['meta nfproto ipv6 fib saddr . mark oif missing drop', 'inet firewalld', 0],
    ['iifname "eth0" fib saddr . iif oif missing drop', 'inet mine', 0],
    [strict, 'ip mine', 0],
    [strict, 'bridge mine', 0],
  ])('%s in %s', (text, table, count) => {
    expect(listReversePathDrops([prerouting(text, table)])).toHaveLength(count);
  });

  test('on the prerouting hook alone', () => {
    expect(listReversePathDrops([prerouting(strict, 'inet mine', 'forward')])).toEqual([]);
  });
});

test.each([
  ['inet firewalld', /IPv6_rpfilter=loose.*firewall-cmd --reload/],
  ['ip6 mine', /^sysctl -w net\.bridge\.bridge-nf-call-ip6tables=0$/],
])('a host that filters bridges and has one in %s: named, also where the engine informs firewalld', (table, remedy) => {
  const reversePathDrops = listReversePathDrops([prerouting(strict, table)]);
  for (const informsFirewalld of [true, false]) {
    const { sure } = judgeFirewalls({ routes: [], reversePathDrops }, { informsFirewalld }, 'one', { aaaa: false });
    expect(sure).toEqual([
      {
        drop: { table, chain: 'mangle_PREROUTING', rule: strict },
        end: 'ends what NAT64 and pods of other nodes send, over bridge br-one (net.bridge.bridge-nf-call-ip6tables is 1)',
        remedy: expect.stringMatching(remedy) as string,
      },
    ]);
  }
});
