import type { IpAddress } from '../net/types.js';

/** An RCODE's name, or why there is no answer. */
export type DnsAnswer =
  | 'NOERROR'
  | 'NXDOMAIN'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'FORMERR'
  | 'NOTIMP'
  | `RCODE${number}`
  | 'no-answer'
  | 'no-server'
  | Exclude<Outcome, 'connected'>;

/** `prohibited`: ICMPv6 administratively prohibited (Linux: EACCES); `no-route`: also unreachable network or host. */
export type Outcome = 'connected' | 'refused' | 'reset' | 'no-route' | 'prohibited' | 'timed-out' | 'failed';

export interface DnsResult {
  probe: 'dns';
  id: string;
  server: string;
  name: string;
  type: 'A' | 'AAAA';
  answer: DnsAnswer;
  addresses: IpAddress[];
  ms: number;
}
/** `udp`: `connected` means that something answered. */
export interface ConnectionResult {
  probe: 'tcp' | 'udp';
  id: string;
  address: IpAddress;
  port: number;
  outcome: Outcome;
  detail: string;
  ms: number;
}
/** One cell of `verify`; `source`: whom the target saw, where it tells. */
export interface CellResult {
  probe: 'cell';
  id: string;
  cell: string;
  address: IpAddress;
  outcome: Outcome | 'too-big' | 'untried';
  detail: string;
  source: string;
  ms: number;
}
export type ProbeResult = DnsResult | ConnectionResult | CellResult;
