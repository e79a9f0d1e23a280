import { familyOf, parseIpv4Address } from '../net/address.js';
import { embedIpv4 } from '../net/embed.js';
import type { IpAddress } from '../net/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { ProbeRequest } from '../render/check-probe.js';
import type { CheckTarget } from '../settings/types.js';
import type { ConnectionResult, ProbeResult } from './probe-types.js';
import type { PartsReport, TargetReport } from './verdict.js';

const ids = { clusterDns: 'cluster-dns', dns64: 'dns64', nat64: 'nat64' } as const;
/** Of the FQDN: CoreDNS's own zone, whatever the pod's search list. */
const apiServiceName = 'kubernetes.default.svc.cluster.local';
const defaultPorts = [443, 80];

/** What a pod or a node is asked to probe. */
export function planClusterProbes(
  plan: Pick<ClusterPlan, 'clusterDns' | 'dns64' | 'nat64'>,
  targets: readonly CheckTarget[],
  vantage: 'pod' | 'node',
): ProbeRequest[] {
  return [
    ...(vantage === 'pod'
      ? [{ probe: 'dns' as const, id: ids.clusterDns, name: apiServiceName, type: recordTypeOf(plan.clusterDns) }]
      : []),
    { probe: 'dns', id: ids.dns64, server: plan.dns64.address, name: 'ipv4only.arpa', type: 'AAAA' },
    { probe: 'udp', id: ids.nat64, address: embedIpv4(plan.nat64.prefix, parseIpv4Address('127.0.0.1')), port: 9 },
    ...targets.map((target, index) => planTarget(target, index, '6', plan.dns64.address)),
  ];
}

/** Both services that every cluster has, its API and its DNS, are of the family that the cluster has first. */
export function recordTypeOf(clusterDns: IpAddress): 'A' | 'AAAA' {
  return familyOf(clusterDns) === 4 ? 'A' : 'AAAA';
}

/** What the engine host is asked to probe: the same names, both families. */
export function planHostProbes(targets: readonly CheckTarget[]): ProbeRequest[] {
  return targets.map((target, index) => planTarget(target, index, '46'));
}

/** A connection for a target's position, to find where its path breaks. */
export function planEvidence(index: number, address: IpAddress, port: number): ProbeRequest {
  return { probe: 'tcp', id: targetId(index), address, port };
}

export function portsOf(target: CheckTarget): number[] {
  return target.port === undefined ? defaultPorts : [target.port];
}

export function readParts(results: readonly ProbeResult[]): PartsReport {
  const dns = (id: string): PartsReport['dns64'] =>
    results.find((result) => result.probe === 'dns' && result.id === id) as PartsReport['dns64'];
  return { clusterDns: dns(ids.clusterDns), dns64: dns(ids.dns64), nat64: findConnection(results, ids.nat64) };
}

export function readTargets(results: readonly ProbeResult[], targets: readonly CheckTarget[]): TargetReport[] {
  return targets.map((target, index) => {
    const own = results.filter((result) => result.id === targetId(index));
    const dns = own.filter((result) => result.probe === 'dns');
    const connections = own.filter(isConnection);
    // The vantage point's own resolver is asked before DNS64 is asked directly.
    const [aaaa, aaaaDirect] = dns.filter((result) => result.type === 'AAAA');
    return {
      target,
      a: dns.find((result) => result.type === 'A'),
      aaaa,
      aaaaDirect,
      ipv4: connections.filter((result) => !result.address.includes(':')),
      ipv6: connections.filter((result) => result.address.includes(':')),
    };
  });
}

/** The connection that `planEvidence` asked for. */
export function readEvidence(results: readonly ProbeResult[], index: number): ConnectionResult | undefined {
  return findConnection(results, targetId(index));
}

function planTarget(
  { name, port }: CheckTarget,
  index: number,
  families: '6' | '46',
  secondServer?: IpAddress,
): ProbeRequest {
  const ports = port === undefined ? defaultPorts : [port];
  return {
    probe: 'target',
    id: targetId(index),
    name,
    ports,
    families,
    secondServer,
  };
}

function findConnection(results: readonly ProbeResult[], id: string): ConnectionResult | undefined {
  return results.filter(isConnection).find((result) => result.id === id);
}

function isConnection(result: ProbeResult): result is ConnectionResult {
  return result.probe === 'tcp' || result.probe === 'udp';
}

function targetId(index: number): string {
  return `target-${index}`;
}
