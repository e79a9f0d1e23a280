import type { HostPlan, HostRoute, HostsPlan } from '../results/hosts-plan.js';

/** `hosts plan` for people. The files are in the JSON alone: here they are named. */
export function renderHostsPlan(plan: HostsPlan): string {
  const { networks, dns64, nat64 } = plan;
  const mode = plan.allowAaaaUse
    ? 'on: IPv6 sites directly from each host, IPv4-only sites through NAT64'
    : 'off: every site is reached as IPv4, through NAT64';
  return [
    `AAAA use is ${mode}`,
    `nodes ${networks.nodes}, pods ${networks.pods}, services ${networks.services}, support ${networks.support} and ${networks.supportIpv4}`,
    `DNS64 ${dns64.address} on ${dns64.host}, asks ${dns64.upstreams.join(', ')}; cluster DNS ${dns64.clusterDns}`,
    `NAT64 ${nat64.address} on ${nat64.host}: ${nat64.prefix}, pool ${nat64.ipv4Pool} behind ${nat64.ipv4Address}`,
    ...plan.hosts.flatMap(renderHost),
    '',
    'not known before the hosts are asked:',
    ...plan.unknown.map((text) => `  ${text}`),
    '',
  ].join('\n');
}

function renderHost(host: HostPlan): string[] {
  const pods = host.podCidr === undefined ? '' : `, pods ${host.podCidr}`;
  return [
    '',
    `${host.name}: ${host.roles.join(', ')}; ${host.address} on ${host.interface}${pods}`,
    '  routes',
    ...host.routes.map((route) => `    ${describeRoute(route)}`),
    '  provisioning, in this order',
    ...host.provisioning.flatMap(({ id, what, why, condition }) => [
      `    ${id}: ${what}`,
      `      because ${why}`,
      ...(condition === undefined ? [] : [`      if ${condition}`]),
    ]),
    '  files',
    ...host.files.map(({ path }) => `    ${path}`),
  ];
}

function describeRoute({ destination, via, device, leadsTo }: HostRoute): string {
  const way = device === undefined ? 'unreachable' : `${via === undefined ? '' : `via ${via} `}dev ${device}`;
  return `${destination} ${way} (${leadsTo})`;
}
