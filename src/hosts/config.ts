import { LineCounter, parseDocument } from 'yaml';
import type { IpAddress, Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr } from '../net/types.js';
import { badHostsConfig, lineOf, syntaxProblems } from './config-problems.js';
import { addressingProblems, readAddressing } from './config-addressing.js';
import { hostsFile } from '../settings/hosts-file.js';
import { placeHosts, podProblems, topologyProblems } from './config-topology.js';

/** What a host does, in Kubernetes' words of today: Lazyjack's `master` is a control plane, its `minion` a worker. */
export type HostRole = 'control-plane' | 'worker' | 'dns64' | 'nat64';

export interface ConfiguredHost {
  name: string;
  interface: string;
  roles: HostRole[];
  /** On the node network: it ends with the host's id. */
  address: Ipv6Address;
  /** Of its pods: the part of the pod network with the host's id. `undefined`: no node of Kubernetes. */
  podCidr: Ipv6Cidr | undefined;
  reachedBy: HostAccess;
}

/** How a host is reached: it is this machine, or by ssh. */
type HostAccess = 'local' | { ssh: string };

/** The networks of a cluster over several hosts. */
export interface HostsAddressing {
  nodeCidr: Ipv6Cidr;
  podCidr: Ipv6Cidr;
  serviceCidr: Ipv6Cidr;
  supportCidr: Ipv6Cidr;
  supportV4Cidr: Ipv4Cidr;
  nat64Prefix: Ipv6Cidr;
  nat64Pool: Ipv4Cidr;
  nat64V4Address: Ipv4Address;
  nat64Address: Ipv6Address;
  dns64Address: Ipv6Address;
  dns64Upstream: IpAddress;
}

/** A hosts file, read and checked, in dind64's words. */
export interface HostsConfig {
  hosts: ConfiguredHost[];
  addressing: HostsAddressing;
  /** False: every site is treated as IPv4-only. */
  allowAaaaUse: boolean;
  plugin: 'bridge' | 'ptp';
  podMtu: number;
  /** `undefined`: that of the kubeadm that is installed. */
  kubernetesVersion: string | undefined;
}

/** Reads the text of a hosts file, which is Lazyjack's config.yaml. Throws DindError `bad-hosts-config` with all problems, by line and field. */
export function readHostsConfig(file: string, text: string): HostsConfig {
  const lines = new LineCounter();
  const yaml = parseDocument(text, { lineCounter: lines });
  const syntax = syntaxProblems(yaml, lines);
  if (syntax.length > 0) throw badHostsConfig(file, syntax);
  const parsed = hostsFile.safeParse(yaml.toJS(), {
    error: ({ input }) => (input === undefined ? 'is missing' : undefined),
  });
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], text: 'no such field' }))
        : [{ path: issue.path, text: issue.message }],
    );
    throw located(problems);
  }
  const addressing = readAddressing(parsed.data);
  const problems = [
    ...topologyProblems(parsed.data),
    ...addressingProblems(addressing),
    ...podProblems(parsed.data, addressing.podCidr),
  ];
  if (problems.length > 0) throw located(problems);
  const { general, plugin, pod_net, dns64 } = parsed.data;
  const version = general?.['kubernetes-version'];
  return {
    hosts: placeHosts(parsed.data, addressing.nodeCidr, addressing.podCidr),
    addressing,
    allowAaaaUse: dns64.allow_aaaa_use === true || dns64.allow_ipv6_use === true,
    plugin: general?.plugin ?? plugin ?? 'bridge',
    podMtu: pod_net.mtu ?? 1500,
    kubernetesVersion: version === 'latest' ? undefined : version,
  };

  function located(found: readonly { path: readonly PropertyKey[]; text: string }[]): Error {
    const sorted = found
      .map(({ path, text: reason }) => ({
        line: lineOf(yaml, lines, path),
        text: `${path.map(String).join('.') || 'the file'}: ${reason}`,
      }))
      .sort((one, other) => one.line - other.line);
    return badHostsConfig(file, sorted);
  }
}
