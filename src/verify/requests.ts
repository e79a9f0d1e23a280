import type { CellResult, DnsResult, ProbeResult } from '../checks/probe-types.js';
import { recordTypeOf } from '../checks/plan-probes.js';
import type { ProbeRequest } from '../render/check-probe.js';
import type { CheckTarget } from '../settings/types.js';
import type { IpAddress } from '../net/types.js';
import { cellsOfSite, nodeCells, siteId, type CellRequest, type PlannedCell } from './cells.js';
import type { SiteRecords } from './site-kinds.js';

/** What was seen of one cell. `dns`: where a name had to be asked for first. */
export interface Observation {
  dns?: DnsResult | undefined;
  cell?: CellResult | undefined;
}

/** What the engine host saw of a site, by the records of each family. */
export interface HostView {
  records: SiteRecords;
  dns: { a?: DnsResult | undefined; aaaa?: DnsResult | undefined };
  ipv4: CellResult[];
  ipv6: CellResult[];
}

/** One request of the probe for all cells of a target that share a name and an address. */
export function planRequests(cells: readonly Pick<PlannedCell, 'target' | 'request'>[]): ProbeRequest[] {
  const groups = new Map<string, { id: string; request: CellRequest; cells: string[] }>();
  for (const { target, request } of cells) {
    const key = [target, request.name, request.address, request.server].join(' ');
    const group = groups.get(key) ?? { id: target, request, cells: [] };
    if (request.cell !== undefined) group.cells.push(request.cell);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ id, request: { name, address, server }, cells: tried }): ProbeRequest =>
    server !== undefined && name !== undefined
      ? { probe: 'dns', id, server, name, type: recordTypeOf(server) }
      : { probe: 'cells', id, name, address, cells: tried },
  );
}

export function readObservation(
  results: readonly ProbeResult[],
  { target, request }: Pick<PlannedCell, 'target' | 'request'>,
): Observation {
  const own = results.filter(({ id }) => id === target);
  const dns = own.find(
    (result) => result.probe === 'dns' && (request.name === undefined || result.name === request.name),
  );
  const cell = own.find((result) => result.probe === 'cell' && result.cell === request.cell);
  return {
    dns: request.name === undefined ? undefined : (dns as DnsResult | undefined),
    cell: cell as CellResult | undefined,
  };
}

/** The engine host is asked for the sites by both families, and for a node. It reaches neither pods nor services, and need not. */
export function planHostRequests(targets: readonly CheckTarget[], node: IpAddress): ProbeRequest[] {
  const ofFamily = (target: CheckTarget, index: number, type: 'A' | 'AAAA'): ProbeRequest[] =>
    planRequests(cellsOfSite(target, type).map(({ request }) => ({ target: `${siteId(index)}.${type}`, request })));
  return [
    ...targets.flatMap((target, index) => [...ofFamily(target, index, 'A'), ...ofFamily(target, index, 'AAAA')]),
    ...planRequests(nodeCells(node).map(({ request }) => ({ target: 'node', request }))),
  ];
}

export function readHostViews(results: readonly ProbeResult[], targets: readonly CheckTarget[]): HostView[] {
  return targets.map((_, index) => {
    const dns = (type: string): DnsResult | undefined =>
      results.find((result) => result.probe === 'dns' && result.id === `${siteId(index)}.${type}`) as
        DnsResult | undefined;
    const cells = (type: string): CellResult[] =>
      results.filter((result) => result.probe === 'cell' && result.id === `${siteId(index)}.${type}`) as CellResult[];
    const [a, aaaa] = [dns('A'), dns('AAAA')];
    return {
      records: { a: a?.addresses ?? [], aaaa: aaaa?.addresses ?? [] },
      dns: { a, aaaa },
      ipv4: cells('A'),
      ipv6: cells('AAAA'),
    };
  });
}
