import { parseAddress, parseIpv6Address } from '../../../src/net/address.js';
import { contains, parseIpv6Cidr } from '../../../src/net/cidr.js';
import type { DnsAnswer, DnsResult, Outcome, ConnectionResult } from '../../../src/checks/probe-types.js';
import type { JudgeInput, PartsReport, TargetReport } from '../../../src/checks/verdict.js';
import type { CheckTarget } from '../../../src/settings/types.js';

export const prefix = parseIpv6Cidr('fd00:10:64:ff9b::/96');
export const synthesized = 'fd00:10:64:ff9b::c633:6401';
export const ipv4 = '198.51.100.1';
export const native = '2001:db8::1';

export function dns(type: 'A' | 'AAAA', answer: DnsAnswer, addresses: string[] = [], server = 'fd00:30::a'): DnsResult {
  return { probe: 'dns', id: 't', server, name: 'n', type, answer, addresses: addresses.map(parseAddress), ms: 1 };
}

export function tcp(address: string, outcome: Outcome, port = 443): ConnectionResult {
  return { probe: 'tcp', id: 't', address: parseAddress(address), port, outcome, detail: '', ms: 5 };
}

/** What the engine host sees of a name, by family: `undefined` for a family that the name does not have. */
export function seenByHost(target: CheckTarget, v4: Outcome | undefined, v6: Outcome | undefined): TargetReport {
  return {
    target,
    a: dns('A', 'NOERROR', v4 === undefined ? [] : [ipv4], '192.0.2.53'),
    aaaa: dns('AAAA', 'NOERROR', v6 === undefined ? [] : [native], '192.0.2.53'),
    aaaaDirect: undefined,
    ipv4: v4 === undefined ? [] : [tcp(ipv4, v4)],
    ipv6: v6 === undefined ? [] : [tcp(native, v6)],
  };
}

/** What the cluster sees: the AAAA that it got, and what became of the connection. */
export function seenByCluster(target: CheckTarget, address: string, outcome: Outcome, hasA = true): TargetReport {
  return {
    target,
    a: dns('A', 'NOERROR', hasA ? [ipv4] : []),
    aaaa: dns('AAAA', 'NOERROR', [address]),
    aaaaDirect: undefined,
    ipv4: [],
    ipv6: [tcp(address, outcome)],
  };
}

/** The name gives no address in the cluster; `direct` is what DNS64 says when it is asked itself. */
export function unresolved(target: CheckTarget, answer: DnsAnswer, direct: DnsResult): TargetReport {
  return { target, a: dns('A', answer), aaaa: dns('AAAA', answer), aaaaDirect: direct, ipv4: [], ipv6: [] };
}

const soundParts: PartsReport = {
  clusterDns: dns('AAAA', 'NOERROR', ['fd00:30::1']),
  dns64: dns('AAAA', 'NOERROR', ['fd00:10:64:ff9b::c000:aa', 'fd00:10:64:ff9b::c000:ab'], 'fd00:20::100'),
  nat64: tcp('fd00:10:64:ff9b::7f00:1', 'prohibited'),
};

export function input(
  aaaa: boolean,
  pairs: [cluster: TargetReport, host: TargetReport][],
  more: Partial<JudgeInput> & { parts?: Partial<PartsReport> } = {},
): JudgeInput {
  const { parts, ...rest } = more;
  return {
    mode: { aaaa, requested: aaaa ? 'true' : 'false' },
    isSynthesized: (address) => contains(prefix, address),
    nat64Zones: [],
    clusterDns: parseIpv6Address('fd00:30::a'),
    dns64: { name: 'kubeadm-dind-dns64', address: parseIpv6Address('fd00:20::100') },
    nat64: { name: 'kubeadm-dind-nat64', address: parseIpv6Address('fd00:20::200') },
    vantage: 'pod',
    cluster: { parts: { ...soundParts, ...parts }, targets: pairs.map(([cluster]) => cluster) },
    host: pairs.map(([, host]) => host),
    evidence: pairs.map(() => ({})),
    foreignFirewalls: [],
    ...rest,
  };
}
