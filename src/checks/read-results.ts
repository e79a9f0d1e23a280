import { parseAddress } from '../net/address.js';
import type { CellResult, ConnectionResult, DnsResult, ProbeResult } from './probe-types.js';

/** One line of the probe's output; `undefined` for its last line and for what is not the probe's (a shell's warning). */
export function readProbeLine(line: string): ProbeResult | undefined {
  if (!line.startsWith('{"probe":')) return undefined;
  const raw = JSON.parse(line) as DnsResult | ConnectionResult | CellResult | { probe: 'end' };
  switch (raw.probe) {
    case 'dns':
      return { ...raw, addresses: raw.addresses.map((address) => parseAddress(address)) };
    case 'tcp':
    case 'udp':
    case 'cell':
      return { ...raw, address: parseAddress(raw.address) };
    default:
      return undefined;
  }
}

/** Whether the probe said that it is done with everything. */
export function isLastLine(line: string): boolean {
  return line.startsWith('{"probe":"end"');
}
