import type { IpAddress } from '../net/types.js';
import type { CheckTarget } from '../settings/types.js';
import type { DnsResult, ConnectionResult } from './probe-types.js';

/** What one vantage point saw of one target. */
export interface TargetReport {
  target: CheckTarget;
  a: DnsResult | undefined;
  aaaa: DnsResult | undefined;
  /** AAAA as DNS64 answers when it is asked directly. */
  aaaaDirect: DnsResult | undefined;
  /** Connections to the first address of each family, in order. */
  ipv4: ConnectionResult[];
  ipv6: ConnectionResult[];
}

/** The cluster's own parts: they work without any egress, or the cluster is broken. */
export interface PartsReport {
  /** AAAA of kubernetes.default by the pod's own resolver; undefined from a node, which does not use cluster DNS. */
  clusterDns: DnsResult | undefined;
  /** AAAA of ipv4only.arpa from DNS64 itself (RFC 7050; local data there). */
  dns64: DnsResult | undefined;
  /** A datagram to 127.0.0.1 by way of NAT64, which must refuse it: the route there and its filter work. */
  nat64: ConnectionResult | undefined;
}

/** Connections that tell where a broken path breaks: the same address from other places. */
export interface Evidence {
  node?: ConnectionResult | undefined;
  /** The IPv4 address itself, from the NAT64 container. */
  nat64?: ConnectionResult | undefined;
  /** The address (IPv4 for a synthesized one) from the engine host. */
  host?: ConnectionResult | undefined;
}

export interface JudgeInput {
  mode: { aaaa: boolean; requested: 'true' | 'false' | 'auto' };
  /** Whether an address is in the NAT64 prefix. */
  isSynthesized: (address: IpAddress) => boolean;
  /** DIND_DNS64_NAT64_ZONES: names in them never use their AAAA. */
  nat64Zones: readonly string[];
  clusterDns: IpAddress;
  dns64: { name: string; address: IpAddress };
  nat64: { name: string; address: IpAddress };
  vantage: 'pod' | 'node';
  cluster: { parts: PartsReport; targets: TargetReport[] };
  /** Same targets in the same order. Empty when the check is turned off. */
  host: TargetReport[];
  /** By the target's position; gathered once something is broken. */
  evidence: Evidence[];
  /** The same question to DNS64 from the node, once it got no answer from the pod. */
  nodeDns64?: DnsResult | undefined;
  /** Where another tool made the cluster. */
  attached?: { cluster: string } | undefined;
  /** Firewalls on the engine host that drop forwarded packets (`inet firewalld`). */
  foreignFirewalls: readonly string[];
}

/** `nat64`: IPv4 by way of NAT64; `direct`: IPv6. */
export type Path = 'nat64' | 'direct';

/** Where a path breaks, from the pod outwards. */
export type Hop = 'cluster-dns' | 'dns64' | 'node' | 'nat64' | 'host-rules' | 'mode' | 'beyond-host';

export interface TargetVerdict {
  target: CheckTarget;
  /** The address that was used; undefined: the name gave none. */
  address: IpAddress | undefined;
  /** By what the address says; undefined: no address. */
  path: Path | undefined;
  /** `no-path`: an IPv6-only name while the mode is `false`. `unverified`: the engine host does not reach it either. */
  status: 'passed' | 'broken' | 'no-path' | 'unverified';
  port: number | undefined;
  ms: number | undefined;
  /** What was seen: `timed out`, `SERVFAIL`, ... */
  observed: string;
  hop: Hop | undefined;
  /** Why that hop, in words. */
  explanation: string;
}

/** `untried`: no target uses this path; `unverified`: those that do are beyond the engine host's reach too. */
export type FamilyStatus = 'passed' | 'failed' | 'unverified' | 'untried';

export interface Verdict {
  outcome: 'passed' | 'failed' | 'offline' | 'off';
  paths: Record<Path, FamilyStatus>;
  targets: TargetVerdict[];
  /** Cluster DNS, DNS64 and NAT64 that do not do their own part. */
  brokenParts: { hop: Hop; explanation: string }[];
  warnings: string[];
  /** What to do, when failed. */
  remedy: string | undefined;
}
