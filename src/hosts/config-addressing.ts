import { parseAddress, parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { cidrLength, contains, overlaps, parseIpv4Cidr, parseIpv6Cidr } from '../net/cidr.js';
import { nat64PrefixProblem } from '../net/embed.js';
import { DindError } from '../errors.js';
import type { HostsAddressing } from './config.js';
import type { ConfigProblem } from './config-problems.js';
import type { HostsFile } from './file-schema.js';

type Fields = { [Key in keyof HostsAddressing]: { field: string; text: string; parse: (text: string) => unknown } };

/** The networks and addresses of a hosts file. With problems, `value` is not to be used. */
export function readAddressing(file: HostsFile): { value: HostsAddressing; problems: ConfigProblem[] } {
  const fields: Fields = {
    nodeCidr: { field: 'mgmt_net.cidr', text: file.mgmt_net.cidr, parse: parseIpv6Cidr },
    podCidr: { field: 'pod_net.cidr', text: file.pod_net.cidr, parse: parseIpv6Cidr },
    serviceCidr: { field: 'service_net.cidr', text: file.service_net.cidr, parse: parseIpv6Cidr },
    supportCidr: { field: 'support_net.cidr', text: file.support_net.cidr, parse: parseIpv6Cidr },
    supportV4Cidr: { field: 'support_net.v4cidr', text: file.support_net.v4cidr, parse: parseIpv4Cidr },
    nat64Prefix: { field: 'dns64.cidr', text: file.dns64.cidr, parse: parseIpv6Cidr },
    nat64Pool: { field: 'nat64.v4_cidr', text: file.nat64.v4_cidr, parse: parseIpv4Cidr },
    nat64V4Address: { field: 'nat64.v4_ip', text: file.nat64.v4_ip, parse: parseIpv4Address },
    nat64Address: { field: 'nat64.ip', text: file.nat64.ip, parse: parseIpv6Address },
    dns64Address: { field: 'dns64.ip', text: file.dns64.ip, parse: parseIpv6Address },
    dns64Upstream: { field: 'dns64.remote_server', text: file.dns64.remote_server, parse: parseAddress },
  };
  const problems: ConfigProblem[] = [];
  const entries = Object.entries(fields).map(([key, { field, text, parse }]) => {
    try {
      return [key, parse(text)];
    } catch (error) {
      if (!(error instanceof DindError)) throw error;
      problems.push({ path: field.split('.'), text: [error.observed, error.hint].filter(Boolean).join('; ') });
      return [key, undefined];
    }
  });
  const value = Object.fromEntries(entries) as HostsAddressing;
  return { value, problems: problems.length > 0 ? problems : conflicts(value) };
}

/** What every field for itself cannot show: addresses outside of their network, and networks that overlap. */
function conflicts(a: HostsAddressing): ConfigProblem[] {
  const prefixProblem = nat64PrefixProblem(a.nat64Prefix);
  const rules: [boolean, string, string][] = [
    [prefixProblem !== undefined, 'dns64.cidr', prefixProblem ?? ''],
    [cidrLength(a.nodeCidr) > 112, 'mgmt_net.cidr', 'no room for the ids of hosts: at most /112'],
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
