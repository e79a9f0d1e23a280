import type { IpAddress } from '../net/types.js';

/** One question of the probe (shell/probe.bash); `id` ties results to requests. */
export type ProbeRequest =
  | {
      probe: 'dns';
      id: string;
      /** Absent: the vantage point's own resolvers. */ server?: IpAddress;
      name: string;
      type: 'A' | 'AAAA';
    }
  /** `udp`: one datagram, whose refusal is heard at once; TCP may need a second. */
  | { probe: 'tcp' | 'udp'; id: string; address: IpAddress; port: number }
  | {
      probe: 'target';
      id: string;
      name: string;
      /** Tried in turn until one answers. */
      ports: number[];
      /** Families that are connected to; A and AAAA are asked for in any case. */
      families: '6' | '46';
      /** Asked as well when the vantage point's own resolvers give no AAAA. */
      secondServer?: IpAddress | undefined;
    }
  /** `address`: of a cell's; or the record that `name` is asked for. `cells`: `tcp:443`, `icmp:1400`, ...; empty: the question alone. */
  | {
      probe: 'cells';
      id: string;
      name?: string | undefined;
      address: IpAddress | 'A' | 'AAAA';
      cells: readonly string[];
    };

/** The arguments of `bash -s --` for the probe (shell/probe.bash). `attemptMs`: limit of one attempt. */
export function renderProbeArguments(requests: readonly ProbeRequest[], attemptMs: number): string[] {
  return [(attemptMs / 1000).toString(), ...requests.map(renderRequest)];
}

function renderRequest(request: ProbeRequest): string {
  switch (request.probe) {
    case 'dns':
      return words('dns', request.id, request.server ?? '-', request.name, request.type);
    case 'tcp':
    case 'udp':
      return words(request.probe, request.id, request.address, String(request.port));
    case 'target':
      return words(
        'target',
        request.id,
        request.name,
        request.ports.join(','),
        request.families,
        request.secondServer ?? '-',
      );
    case 'cells':
      return words(
        'cells',
        request.id,
        request.name ?? '-',
        request.address,
        request.cells.length === 0 ? 'none' : request.cells.join(','),
      );
  }
}

/** The probe splits a request at spaces and expands nothing else; a name with more in it than names may hold never gets there. */
function words(...parts: string[]): string {
  for (const part of parts) {
    if (!/^[\w.:,-]+$/.test(part)) throw new RangeError(`\`${part}\` cannot be part of a probe`);
  }
  return parts.join(' ');
}
