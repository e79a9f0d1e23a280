import { cidrLength, nthAddress, subnet } from '../net/cidr.js';
import { hostPodLength } from './config-addressing.js';
import type { Ipv6Cidr } from '../net/types.js';
import type { ConfiguredHost, HostRole } from './config.js';
import type { ConfigProblem } from './config-problems.js';
import type { HostsFile } from '../settings/hosts-file.js';

const roles: Readonly<Record<string, HostRole>> = {
  master: 'control-plane',
  minion: 'worker',
  dns64: 'dns64',
  nat64: 'nat64',
};

const nodeWords = ['master', 'minion'];

/** Kubernetes' names of nodes (RFC 1123). A name is also given to ssh, which would take a leading `-` for an option. */
const nodeName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
const noNodeName = 'a node has no such name: lower-case letters, digits, `-` and `.`';

/** Ids that have no part of the pod network. */
export function podProblems(file: HostsFile, podCidr: Ipv6Cidr): ConfigProblem[] {
  const parts = 2 ** (hostPodLength - cidrLength(podCidr));
  return hostEntries(file)
    .filter(({ host, words }) => host.id >= parts && words.some((word) => nodeWords.includes(word)))
    .map(({ name, host }) => ({
      path: ['topology', name, 'id'],
      text: `pod_net.cidr has a /${hostPodLength} for ids up to ${parts - 1}, and none for ${host.id}`,
    }));
}

/** What is wrong with the roles and ids of the hosts. */
export function topologyProblems(file: HostsFile): ConfigProblem[] {
  const entries = hostEntries(file);
  const perHost = entries.flatMap(({ name, host, words }) => {
    const at = (field: string, text: string) => ({ path: ['topology', name, field], text });
    const unknown = words.filter((word) => !Object.hasOwn(roles, word));
    const twin = entries.find((other) => other.host.id === host.id);
    return [
      ...(nodeName.test(name) ? [] : [{ path: ['topology', name], text: noNodeName }]),
      ...(host.local === true && host.ssh !== undefined
        ? [at('ssh', 'the host is this machine: `local` is true')]
        : []),
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
  const locals = entries.filter(({ host }) => host.local === true);
  const more = locals.slice(1).map(({ name }) => ({
    path: ['topology', name, 'local'],
    text: `${locals[0]?.name} is this machine already`,
  }));
  return [...perHost, ...once, ...more];
}

/** The hosts, each with its address: for a file without problems, in whose management network every id has room. */
export function placeHosts(file: HostsFile, nodeCidr: Ipv6Cidr, podCidr: Ipv6Cidr): ConfiguredHost[] {
  return hostEntries(file).map(({ name, host, words }) => ({
    name,
    interface: host.interface,
    roles: words.flatMap((word) => roles[word] ?? []),
    address: nthAddress(nodeCidr, host.id),
    podCidr: words.some((word) => nodeWords.includes(word)) ? subnet(podCidr, hostPodLength, host.id) : undefined,
    reachedBy: host.local === true ? 'local' : { ssh: host.ssh ?? name },
  }));
}

function hostEntries(file: HostsFile): { name: string; host: HostsFile['topology'][string]; words: string[] }[] {
  return Object.entries(file.topology).map(([name, host]) => ({
    name,
    host,
    words: host.opmodes.trim().toLowerCase().split(/\s+/),
  }));
}
