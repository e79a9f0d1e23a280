import { parseAddress, parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { cidrLength, contains, nthAddress, overlaps, parseIpv4Cidr, parseIpv6Cidr } from '../net/cidr.js';
import { nat64PrefixProblem } from '../net/embed.js';
import type { HostsAddressing } from './config.js';
import type { ConfigProblem } from './config-problems.js';
import type { HostsFile } from '../settings/hosts-file.js';

/** Of a host's part of the pod network, which is chosen by the host's id. */
export const hostPodLength = 80;

/** The networks and addresses of a hosts file whose fields have been read by its schema. */
export function readAddressing(file: HostsFile): HostsAddressing {
  return {
    nodeCidr: parseIpv6Cidr(file.mgmt_net.cidr),
    podCidr: parseIpv6Cidr(file.pod_net.cidr),
    serviceCidr: parseIpv6Cidr(file.service_net.cidr),
    supportCidr: parseIpv6Cidr(file.support_net.cidr),
    supportV4Cidr: parseIpv4Cidr(file.support_net.v4cidr),
    nat64Prefix: parseIpv6Cidr(file.dns64.cidr),
    nat64Pool: parseIpv4Cidr(file.nat64.v4_cidr),
    nat64V4Address: parseIpv4Address(file.nat64.v4_ip),
    nat64Address: parseIpv6Address(file.nat64.ip),
    dns64Address: parseIpv6Address(file.dns64.ip),
    dns64Upstream: parseAddress(file.dns64.remote_server),
  };
}

/** What every field for itself cannot show: addresses outside of their network, and networks that overlap. */
export function addressingProblems(a: HostsAddressing): ConfigProblem[] {
  const prefixProblem = nat64PrefixProblem(a.nat64Prefix);
  const rules: [boolean, string, string][] = [
    [prefixProblem !== undefined, 'dns64.cidr', prefixProblem ?? ''],
    [cidrLength(a.nodeCidr) > 112, 'mgmt_net.cidr', 'no room for the ids of hosts: at most /112'],
    // kubeadm takes 16 bits at most between the pod network and a host's part of it.
    [
      cidrLength(a.podCidr) < 64 || cidrLength(a.podCidr) >= hostPodLength,
      'pod_net.cidr',
      `each host gets a /${hostPodLength} of it: between /64 and /${hostPodLength - 1}`,
    ],
    [a.dns64Address === a.nat64Address, 'dns64.ip', 'is nat64.ip'],
    ...(['nat64', 'dns64'] as const).map((field): [boolean, string, string] => [
      a[`${field}Address`] === nthAddress(a.supportCidr, 1),
      `${field}.ip`,
      'is the address of the host itself on the support network',
    ]),
    [!contains(a.supportV4Cidr, a.nat64Pool), 'nat64.v4_cidr', 'lies outside of support_net.v4cidr'],
    [!contains(a.supportV4Cidr, a.nat64V4Address), 'nat64.v4_ip', 'lies outside of support_net.v4cidr'],
    [!contains(a.supportCidr, a.nat64Address), 'nat64.ip', 'lies outside of support_net.cidr'],
    [!contains(a.supportCidr, a.dns64Address), 'dns64.ip', 'lies outside of support_net.cidr'],
  ];
  const networks = [
    ['mgmt_net.cidr', a.nodeCidr],
    ['pod_net.cidr', a.podCidr],
    ['service_net.cidr', a.serviceCidr],
    ['support_net.cidr', a.supportCidr],
    ['dns64.cidr', a.nat64Prefix],
  ] as const;
  const overlapping = networks.flatMap(([field, cidr], index) =>
    networks
      .slice(0, index)
      .filter(([, other]) => overlaps(cidr, other))
      .map(([otherField]): [boolean, string, string] => [true, field, `overlaps ${otherField}`]),
  );
  return [...rules, ...overlapping]
    .filter(([wrong]) => wrong)
    .map(([, field, text]) => ({ path: field.split('.'), text }));
}
