import { parseIpv4Address } from '../net/address.js';
import { embedIpv4 } from '../net/embed.js';
import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { IpAddress } from '../net/types.js';

interface Dns64Plan {
  nodeNetwork: Pick<ClusterPlan['nodeNetwork'], 'cidr'>;
  nat64: Pick<ClusterPlan['nat64'], 'prefix'>;
  dns64: Pick<ClusterPlan['dns64'], 'address' | 'upstreams' | 'nat64Zones'>;
  mode: Pick<ClusterPlan['mode'], 'aaaa'>;
}

/** The engine's embedded resolver, as containers see it. */
const embeddedResolver = parseIpv4Address('127.0.0.11');
/** RFC 7050 2.2: what the name ipv4only.arpa stands for. */
const ipv4OnlyAddresses = ['192.0.0.170', '192.0.0.171'].map(parseIpv4Address);
/** A client's resolver waits 5 s (glibc, Go); a silent upstream must end in SERVFAIL before. The engine's resolver gives up after 4 s. */
const answerLimitMs = 4400;
/**
 * Of one upstream. unbound takes an empty answer without an SOA (RFC 2308 2.2, NODATA type 3) for a mistake and believes it the second time;
 * dnsmasq, systemd-resolved, the engine's resolver and many home routers answer so.
 */
const tries = 2;

/** All files of the DNS64 container, relative to /etc/dind64. They can change while it runs: then it reloads (steps/support). */
export function renderDns64Files(plan: Dns64Plan): FileEntry[] {
  return [
    { path: 'helper.env', content: `NODE_ADDRESS=${plan.dns64.address}\n` },
    { path: 'unbound.conf', content: renderUnboundConfig(plan) },
  ];
}

/** unbound.conf for unbound 1.19 or newer: older ones lose AAAA-only names where A records go first. */
export function renderUnboundConfig({ nodeNetwork, nat64, dns64, mode }: Dns64Plan): string {
  const upstreams = dns64.upstreams.length === 0 ? [embeddedResolver] : dns64.upstreams;
  return [
    'server:',
    '  username: ""',
    '  chroot: ""',
    '  directory: "/etc/dind64"',
    '  pidfile: ""',
    '  use-syslog: no',
    '  num-threads: 1',
    `  interface: ${dns64.address}`,
    `  access-control: ${nodeNetwork.cidr} allow`,
    '  hide-identity: yes',
    '  hide-version: yes',
    '  # No validator: a validating resolver in front of DNS64 would reject what is synthesized (RFC 6147 3).',
    '  module-config: "dns64 iterator"',
    `  dns64-prefix: ${nat64.prefix}`,
    '  # For these names the A record is used whenever there is one; those that have only AAAA keep it. Not dns64-synthall: that one does not leave',
    '  # clients alone that validate by themselves (CD; RFC 6147 5.5).',
    ...(mode.aaaa ? dns64.nat64Zones : ['.']).map((zone) => `  dns64-ignore-aaaa: "${zone}"`),
    '  # RFC 6147 5.1.4: an IPv4-mapped AAAA is no AAAA.',
    '  private-address: ::ffff:0:0/96',
    ...renderLocalData(nat64.prefix),
    ...renderTimeouts(upstreams, mode.aaaa),
    ...renderForwardZone('.', upstreams),
    // The name that is asked for decides. Without a cache, what is synthesized for it is not found by aliases from elsewhere, nor in place of what it is an alias of.
    ...(mode.aaaa ? dns64.nat64Zones : []).flatMap((zone) => [
      ...renderForwardZone(zone, upstreams),
      '  forward-no-cache: yes',
    ]),
    'remote-control:',
    '  control-enable: yes',
    '  control-interface: /run/dind64/control.sock',
    '  control-use-cert: no',
    '',
  ].join('\n');
}

function renderForwardZone(zone: string, upstreams: readonly IpAddress[]): string[] {
  return ['forward-zone:', `  name: "${zone}"`, ...upstreams.map((upstream) => `  forward-addr: ${upstream}`)];
}

/** The local zones: unbound's built-in ones that would hide names of the user's network go, RFC 7050's name comes. */
function renderLocalData(prefix: Dns64Plan['nat64']['prefix']): string[] {
  const ttlSeconds = 86400;
  const addresses = ipv4OnlyAddresses.map((address) => ({ address, synthesized: embedIpv4(prefix, address) }));
  return [
    '  unblock-lan-zones: yes',
    '  local-zone: "test." nodefault',
    '  local-zone: "home.arpa." nodefault',
    '  # RFC 7050 and RFC 8880: answered here, so that clients learn the prefix offline too.',
    '  local-zone: "ipv4only.arpa." static',
    ...addresses.map(({ address }) => `  local-data: "ipv4only.arpa. ${ttlSeconds} IN A ${address}"`),
    ...addresses.map(({ synthesized }) => `  local-data: "ipv4only.arpa. ${ttlSeconds} IN AAAA ${synthesized}"`),
    ...addresses
      .flatMap(({ address, synthesized }) => [address, synthesized])
      .map((address) => `  local-data-ptr: "${address} ${ttlSeconds} ipv4only.arpa."`),
  ];
}

/**
 * One try is as long as the whole answer may take, divided by the lookups (with AAAA use: AAAA, then A), upstreams and tries. What
 * unbound learns of its upstreams is forgotten at once (infra-host-ttl -1): otherwise it doubles its waits, calls its only upstream
 * dead for minutes because of one slow name, and does not notice when it is back. Which of several are alive is asked beside it
 * (images/dns64, dind64-upstreams).
 */
function renderTimeouts(upstreams: readonly IpAddress[], aaaa: boolean): string[] {
  const tryMs = Math.floor(answerLimitMs / ((aaaa ? 2 : 1) * upstreams.length * tries));
  return [
    '  do-not-query-localhost: no',
    `  outbound-msg-retry: ${tries}`,
    `  unknown-server-time-limit: ${tryMs}`,
    '  infra-host-ttl: -1',
    '  # Not what unbound may drop after 1.9 s without an answer: clients want the SERVFAIL.',
    '  discard-timeout: 0',
    '  serve-expired: no',
    '  rrset-roundrobin: yes',
  ];
}
