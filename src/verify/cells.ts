import type { IpAddress } from '../net/types.js';
import type { CellProtocol, VerifyCell } from '../results/verify.js';
import type { CheckTarget } from '../settings/types.js';

/** What the cells of one target are tried with. `name`: asked for first, and the name in HTTP requests. */
export interface CellRequest {
  name?: string | undefined;
  address: IpAddress | 'A' | 'AAAA';
  /** `tcp:443`; absent: the question for the name alone. */ cell?: string | undefined;
  /** The question goes to this server. */ server?: IpAddress | undefined;
}

/** One way to try a target. */
export interface CellTry {
  protocol: CellProtocol;
  port?: number | undefined;
  request: CellRequest;
  /** The address that the target must see. */
  expectedSource?: IpAddress | undefined;
}

/** One cell before it is tried: plain data. */
export interface PlannedCell extends CellTry {
  source: string;
  target: string;
  expected: VerifyCell['expected'];
}

const kubeletPort = 10250;
/** RFC 862: what is sent comes back. Few hosts on the Internet serve it; where the engine host hears nothing either, nothing is held against the cluster. */
const echoPort = 7;
const sizes = [
  ['icmp', 'icmp:56'],
  ['icmp-1400', 'icmp:1400'],
  ['icmp-8000', 'icmp:8000'],
] as const;
export function siteId(index: number): string {
  return `site-${index}`;
}

/** The cells of a site, by whatever source. A port that was given is tried alone. */
export function cellsOfSite({ name, port }: CheckTarget, address: 'A' | 'AAAA'): CellTry[] {
  const tries: [CellProtocol, string, number?][] =
    port === undefined
      ? [
          ...sizes.map(([protocol, cell]): [CellProtocol, string] => [protocol, cell]),
          ['tcp', 'tcp:443', 443],
          ['udp', `udp:${echoPort}`, echoPort],
          ['http', 'http:80', 80],
          ['https', 'https:443', 443],
        ]
      : [...sizes.map(([protocol, cell]): [CellProtocol, string] => [protocol, cell]), ['tcp', `tcp:${port}`, port]];
  return [
    { protocol: 'dns', request: { name, address } },
    ...tries.map(([protocol, cell, at]) => ({
      protocol,
      ...(at === undefined ? {} : { port: at }),
      request: { name, address, cell },
    })),
  ];
}

/** Cells of a node as a target: the engine host tries them too. */
export function nodeCells(address: IpAddress): CellTry[] {
  return [
    ...pings(address),
    ...(['tcp', 'https'] as const).map((protocol) => ({
      protocol,
      port: kubeletPort,
      request: { address, cell: `${protocol}:${kubeletPort}` },
    })),
  ];
}

export function pings(address: IpAddress): CellTry[] {
  return sizes.map(([protocol, cell]) => ({ protocol, request: { address, cell } }));
}
