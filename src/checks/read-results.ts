import { parseAddress } from '../net/address.js';
import type { IpAddress } from '../net/types.js';
import type { DnsResult, ProbeResult, TcpResult } from './probe-types.js';

/** One line of the probe's output; `undefined` for its last line and for what is not the probe's (a shell's warning). */
export function readProbeLine(line: string): ProbeResult | undefined {
  if (!line.startsWith('{"probe":')) return undefined;
  const raw = JSON.parse(line) as DnsResult | TcpResult | { probe: 'end' };
  switch (raw.probe) {
    case 'dns': return { ...raw, addresses: raw.addresses.map((address) => parseAddress(address)) };
    // A link-local resolver may carry a zone; what is connected to came from us or from DNS and does not.
    case 'tcp': return { ...raw, address: parseAddress(raw.address) as IpAddress };
    default: return undefined;
  }
}

/** Whether the probe said that it is done with everything. */
export function isLastLine(line: string): boolean {
  return line.startsWith('{"probe":"end"');
}
