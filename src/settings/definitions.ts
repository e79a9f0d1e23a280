import {
  parseClusterCidr,
  parseNat64Deny,
  parseNat64Prefix,
  parseSnatAddress,
  parseUpstream,
  defaultNat64Deny,
} from './addresses.js';
import { parseCni } from './cni.js';
import { badValue, listOf, readBy, splitList, word } from './definition.js';
import type { Definition } from './definition.js';
import { parseDuration } from './duration.js';
import {
  parseCheckTarget,
  parseClusterName,
  parseImageReference,
  parseMinorVersion,
  parsePort,
  parseWhole,
  parseZone,
} from './names.js';
import type { Settings } from './types.js';

/** Newest Kubernetes minor that dind64 has node images for. */
export const newestKubernetes = '1.37';

const yesAndNo = { yes: 'true', on: 'true', '1': 'true', no: 'false', off: 'false', '0': 'false' } as const;

/** Every setting, in the order of the documents. */
export const definitions: { readonly [Field in keyof Settings]: Definition<Exclude<Settings[Field], undefined>> } = {
  clusterName: {
    name: 'DIND_CLUSTER_NAME',
    default: 'kubeadm-dind',
    meaning:
      'Prefix of every object: network `<name>-net`, nodes `<name>-control-plane`, `<name>-worker-1`, helpers `<name>-dns64`, `<name>-nat64`, `<name>-api`.',
    allowed: 'a DNS label of at most 40 characters: lower-case letters, digits, hyphens; a letter first',
    schema: readBy(parseClusterName),
  },
  allowAaaaUse: {
    name: 'DIND_ALLOW_AAAA_USE',
    defaultMeaning: '`false`, or what the running cluster has',
    meaning:
      '`true`: IPv6 sites are reached directly. `false`: every site is reached as IPv4, through NAT64. `auto`: `true` where the engine host has IPv6 egress.',
    allowed: 'true, false or auto',
    schema: word(['true', 'false', 'auto'], yesAndNo),
  },
  ipMode: {
    name: 'DIND_IP_MODE',
    default: 'ipv6',
    meaning: 'IP families of nodes and pods. Only `ipv6` for now.',
    allowed: 'ipv6',
    schema: readBy((text) => {
      if (text === 'ipv6') return 'ipv6';
      if (text === 'ipv4' || text === 'dual-stack')
        throw badValue('is not supported yet: dind64 makes IPv6-only clusters');
      throw badValue('is none of its words');
    }),
  },
  numWorkers: {
    name: 'DIND_NUM_WORKERS',
    default: '2',
    meaning: 'Workers beside the control plane. With 0 the control plane takes pods.',
    allowed: 'a whole number from 0 to 100',
    schema: readBy((text) => parseWhole(text, 0, 100)),
  },
  k8sVersion: {
    name: 'DIND_K8S_VERSION',
    default: newestKubernetes,
    meaning: 'Kubernetes minor version. With `DIND_NODE_IMAGE` the image decides.',
    allowed: `a minor version such as ${newestKubernetes}`,
    schema: readBy(parseMinorVersion),
  },
  nodeImage: {
    name: 'DIND_NODE_IMAGE',
    defaultMeaning: 'by version',
    meaning: 'Node image: any that fulfils the node image contract, a `kindest/node` one included.',
    allowed: 'an image reference',
    schema: readBy(parseImageReference),
  },
  imageSource: {
    name: 'DIND_IMAGE_SOURCE',
    default: 'auto',
    meaning: 'Where images come from: `pull`, `build`, or `auto`: pulled when a registry answers, else built.',
    allowed: 'auto, pull or build',
    schema: word(['auto', 'pull', 'build']),
  },
  nodeCidr: {
    name: 'DIND_NODE_CIDR',
    defaultMeaning: '`fd00:20::/64`; another one for another cluster name',
    meaning: 'Addresses of nodes and helpers.',
    allowed: 'an IPv6 unicast CIDR of length /64',
    schema: readBy((text) => parseClusterCidr(text, 64, 64)),
  },
  podCidr: {
    name: 'DIND_POD_CIDR',
    defaultMeaning: '`fd00:40::/72`; another one for another cluster name',
    meaning: 'Addresses of pods; each node gets a /80 of it.',
    allowed: 'an IPv6 unicast CIDR of length /64 to /72',
    schema: readBy((text) => parseClusterCidr(text, 64, 72)),
  },
  serviceCidr: {
    name: 'DIND_SERVICE_CIDR',
    defaultMeaning: '`fd00:30::/110`; another one for another cluster name',
    meaning: 'Addresses of services; cluster DNS has the tenth.',
    allowed: 'an IPv6 unicast CIDR of length /108 (20 bits, Kubernetes takes no more) to /124',
    schema: readBy((text) => parseClusterCidr(text, 108, 124)),
  },
  nat64Prefix: {
    name: 'DIND_NAT64_PREFIX',
    default: 'fd00:10:64:ff9b::/96',
    meaning:
      'Prefix that IPv4 addresses are embedded in (RFC 6052). With `64:ff9b::/96` private IPv4 addresses cannot be reached.',
    allowed:
      'an IPv6 CIDR of length /96 whose bits 64 to 71 are zero (RFC 6052 2.2), such as fd00:10:64:ff9b::/96 or 64:ff9b::/96',
    schema: readBy(parseNat64Prefix),
  },
  nat64Engine: {
    name: 'DIND_NAT64_ENGINE',
    defaultMeaning: '`auto`, or what the running cluster has',
    meaning:
      'NAT64 translator: `ebpf` works at the kernel’s speed, `tayga` on every kernel, `auto` is `ebpf` where the kernel takes it, else `tayga`.',
    allowed: 'auto, ebpf or tayga',
    schema: word(['auto', 'ebpf', 'tayga']),
  },
  nat64Deny: {
    name: 'DIND_NAT64_DENY',
    default: defaultNat64Deny.join(','),
    meaning:
      'IPv4 CIDRs that are never translated to, besides loopback, link-local, multicast and the engine’s own networks. Those of the default list (metadata services) stay refused beside the ones given, but for entries with a leading `-`: `10.0.0.0/8,-192.0.0.0/24`.',
    allowed: 'IPv4 CIDRs between commas; a leading - takes one out of the default list',
    schema: readBy(parseNat64Deny),
  },
  snatAddress: {
    name: 'DIND_SNAT_ADDRESS',
    defaultMeaning: 'none: masquerade',
    meaning: 'Direct IPv6 traffic leaves with this address of the engine host’s.',
    allowed: 'an IPv6 unicast address',
    schema: readBy(parseSnatAddress),
  },
  checkTargets: {
    name: 'DIND_CHECK_TARGETS',
    defaultMeaning: 'a few well-known names',
    meaning:
      'What the connectivity check at the end of `up` tries: `name[:port]`, TCP 443 then 80 by default. `none` turns it off.',
    allowed: 'host names with or without a port, between commas, or none',
    schema: readBy((text) => (text === 'none' ? 'none' : splitList(text).map(parseCheckTarget))),
  },
  timeoutMs: {
    name: 'DIND_TIMEOUT',
    default: '5m',
    meaning: 'Scales every wait, kubeadm’s own too.',
    allowed: 'a duration with units such as 300s, 5m or 1h30m, from 10s to 24h',
    schema: readBy(parseDuration),
  },
  dns64Upstreams: {
    name: 'DIND_DNS64_UPSTREAMS',
    default: '',
    defaultMeaning: 'the engine host’s resolvers',
    meaning: 'Resolvers that DNS64 asks, of either family.',
    allowed: 'IP addresses between commas',
    schema: listOf(parseUpstream),
  },
  dns64Nat64Zones: {
    name: 'DIND_DNS64_NAT64_ZONES',
    default: '',
    defaultMeaning: 'none',
    meaning:
      'Names, and all below them, that never use their AAAA, whatever the mode. The name that is asked for counts: an alias (CNAME) from elsewhere to one of them uses it.',
    allowed: 'domain names between commas',
    schema: listOf(parseZone),
  },
  cni: {
    name: 'DIND_CNI',
    default: 'ptp',
    meaning: 'Pod network: `ptp`, `none`, or the path or URL of a manifest.',
    allowed: 'ptp, none, or the path or URL of a manifest',
    schema: readBy(parseCni),
  },
  engine: {
    name: 'DIND_ENGINE',
    default: 'auto',
    meaning:
      '`docker`: the one that Docker’s own client would use. `embedded`: one of dind64’s own. `auto`: embedded where no Docker is installed.',
    allowed: 'auto, docker or embedded',
    schema: word(['auto', 'docker', 'embedded']),
  },
  apiPort: {
    name: 'DIND_API_PORT',
    defaultMeaning: 'a free one, kept',
    meaning: 'Port of the Kubernetes API on the engine host’s loopback.',
    allowed: 'a port from 1 to 65535',
    schema: readBy(parsePort),
  },
  kubeconfig: {
    name: 'DIND_KUBECONFIG',
    defaultMeaning: '`KUBECONFIG`, else `~/.kube/config`',
    meaning: 'File that the cluster’s context is merged into.',
    allowed: 'a path',
    schema: readBy((text) => {
      if (text.includes('\0')) throw badValue('has a NUL byte');
      return text;
    }),
  },
  output: {
    name: 'DIND_OUTPUT',
    default: 'auto',
    meaning:
      'Progress on stderr: `tty`, `plain`, `json` (one event a line), or `auto`: `tty` on a terminal, else `plain`.',
    allowed: 'auto, tty, plain or json',
    schema: word(['auto', 'tty', 'plain', 'json']),
  },
  logLevel: {
    name: 'DIND_LOG_LEVEL',
    default: 'info',
    meaning: 'Detail of the log file.',
    allowed: 'trace, debug, info, warn or error',
    schema: word(['trace', 'debug', 'info', 'warn', 'error']),
  },
};

export const settingNames: readonly string[] = Object.values(definitions).map((definition) => definition.name);
