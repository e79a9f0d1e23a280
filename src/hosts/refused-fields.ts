import type { ConfigProblem } from './config-problems.js';
import type { HostsFile } from './file-schema.js';

/** The fields of a Lazyjack file that cannot mean anything today, with the reason. Values of secrets are not repeated. */
export function refusedFields({ general = {}, plugin, mgmt_net, pod_net }: HostsFile): ConfigProblem[] {
  const plugins = ['bridge', 'ptp'];
  const version = general['kubernetes-version'];
  const rules: [boolean, string, string][] = [
    [(general.mode ?? 'ipv6').toLowerCase() !== 'ipv6', 'general.mode', 'only ipv6: clusters are IPv6-only'],
    [
      isGiven(general.token),
      'general.token',
      'a secret does not stand in the file: leave it out, tokens are made when they are needed',
    ],
    [isGiven(general['token-cert-hash']), 'general.token-cert-hash', 'leave it out: it is read from the cluster'],
    [
      isGiven(general['work-area']),
      'general.work-area',
      'leave it out: what was done to a host is recorded on that host',
    ],
    [general.insecure === true, 'general.insecure', 'a fixed token lets anyone join: leave it out'],
    [
      version !== undefined && version !== 'latest' && !/^v\d+\.\d+\.\d+$/.test(version),
      'general.kubernetes-version',
      'neither `latest` nor a version such as v1.37.0',
    ],
    [general.plugin !== undefined && !plugins.includes(general.plugin), 'general.plugin', 'neither bridge nor ptp'],
    [plugin !== undefined && !plugins.includes(plugin), 'plugin', 'neither bridge nor ptp'],
    [mgmt_net.cidr2 !== undefined, 'mgmt_net.cidr2', 'a second network belongs to dual stack: clusters are IPv6-only'],
    [pod_net.cidr2 !== undefined, 'pod_net.cidr2', 'a second network belongs to dual stack: clusters are IPv6-only'],
  ];
  return rules.filter(([wrong]) => wrong).map(([, field, text]) => ({ path: field.split('.'), text }));
}

function isGiven(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}
