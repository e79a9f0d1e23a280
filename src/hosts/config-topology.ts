import { nthAddress, parseIpv6Cidr } from '../net/cidr.js';
import type { Ipv6Cidr } from '../net/types.js';
import type { ConfiguredHost, HostRole } from './config.js';
import type { ConfigProblem } from './config-problems.js';
import type { HostsFile } from './file-schema.js';

const roles: Readonly<Record<string, HostRole>> = {
  master: 'control-plane',
  minion: 'worker',
  dns64: 'dns64',
  nat64: 'nat64',
};

/** The hosts, and what is wrong with their roles. Without a management network that can be read there are none: that is told elsewhere. */
export function readTopology(file: HostsFile): { hosts: ConfiguredHost[]; problems: ConfigProblem[] } {
  const entries = Object.entries(file.topology).map(([name, host]) => ({
    name,
    host,
    words: host.opmodes.trim().toLowerCase().split(/\s+/),
  }));
  const perHost = entries.flatMap(({ name, host, words }) => {
    const at = (field: string, text: string) => ({ path: ['topology', name, field], text });
    const unknown = words.filter((word) => !Object.hasOwn(roles, word));
    const twin = entries.find((other) => other.host.id === host.id);
    return [
      ...unknown.map((word) => at('opmodes', `\`${word}\` is none of ${Object.keys(roles).join(', ')}`)),
      ...(words.includes('master') && words.includes('minion') ? [at('opmodes', 'both master and minion')] : []),
      ...(words.includes('dns64') !== words.includes('nat64') ? [at('opmodes', 'dns64 and nat64 go together')] : []),
      ...(twin !== undefined && twin.name !== name ? [at('id', `${host.id} is the id of ${twin.name}`)] : []),
    ];
  });
  const once = ['master', 'dns64'].flatMap((word) => {
    const count = entries.filter(({ words }) => words.includes(word)).length;
    const called = word === 'master' ? 'master' : 'dns64 and nat64';
    return count === 1 ? [] : [{ path: ['topology'], text: `one host is ${called}; here ${count} are` }];
  });
  const cidr = readCidr(file.mgmt_net.cidr);
  const hosts =
    cidr === undefined
      ? []
      : entries.map(({ name, host, words }) => ({
          name,
          interface: host.interface,
          roles: words.flatMap((word) => roles[word] ?? []),
          address: nthAddress(cidr, host.id),
        }));
  return { hosts, problems: [...perHost, ...once] };
}

function readCidr(text: string): Ipv6Cidr | undefined {
  try {
    return parseIpv6Cidr(text);
  } catch {
    return undefined;
  }
}
