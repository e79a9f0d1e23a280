import { expect, it } from 'vitest';
import { parseExternalServers } from '../../../../src/cluster/helpers/dns64.js';

it("parseExternalServers reads the engine's comment", () => {
  const text =
    "nameserver 127.0.0.11\noptions ndots:0\n\n# Based on host file: '/etc/resolv.conf' (internal resolver)\n# ExtServers: [host(198.51.100.53) 2001:db8:100::53]\n# Overrides: []\n";
  expect(parseExternalServers(text)).toEqual(['host(198.51.100.53)', '2001:db8:100::53']);
  expect(parseExternalServers('nameserver 127.0.0.11\n# ExtServers: []\n')).toEqual([]);
  expect(parseExternalServers('nameserver 127.0.0.11\n')).toEqual([]);
});
