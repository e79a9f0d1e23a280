import type { IpAddress } from '../net/types.js';

/** An RCODE's name, or why there is no answer. */
export type DnsAnswer = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'FORMERR' | 'NOTIMP' | `RCODE${number}` | 'no-answer' | 'no-server' | Exclude<TcpOutcome, 'connected'>;

/** `prohibited`: ICMPv6 administratively prohibited (Linux: EACCES); `no-route`: also unreachable network or host. */
export type TcpOutcome = 'connected' | 'refused' | 'reset' | 'no-route' | 'prohibited' | 'timed-out' | 'failed';

export interface DnsResult { probe: 'dns'; id: string; server: string; name: string; type: 'A' | 'AAAA'; answer: DnsAnswer; addresses: IpAddress[]; ms: number }
export interface TcpResult { probe: 'tcp'; id: string; address: IpAddress; port: number; outcome: TcpOutcome; detail: string; ms: number }
export type ProbeResult = DnsResult | TcpResult;
