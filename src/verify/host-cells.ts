import type { CellResult, ProbeResult } from '../checks/probe-types.js';
import type { CheckTarget } from '../settings/types.js';
import type { IpAddress, Ipv6Cidr } from '../net/types.js';
import type { VerifyCell, VerifySource } from '../results/verify.js';
import { describeCell, judgeCell } from './judge-cell.js';
import { cellsOfSite, nodeCells, siteId } from './cells.js';
import { readObservation, type HostView } from './requests.js';

export const hostSource: VerifySource = { id: 'host', kind: 'host', name: 'engine host' };

/** What the engine host itself reaches: the measure of the others' cells, and wrong only where it does not reach the cluster's own nodes. */
export function judgeHostCells(
  targets: readonly CheckTarget[],
  { views, results }: { views: readonly HostView[]; results: readonly ProbeResult[] },
  node: IpAddress,
  cidrs: { inside: readonly Ipv6Cidr[]; nat64Prefix: Ipv6Cidr },
): VerifyCell[] {
  const nodeOnes = nodeCells(node).map(({ protocol, port, request }) => {
    const planned = {
      source: hostSource.id,
      target: 'node',
      protocol,
      port,
      expected: {
        result: 'reached' as const,
        path: 'cluster' as const,
        reason: "the node network's gateway is the engine host",
      },
      request,
    };
    return judgeCell(planned, readObservation(results, planned), { ...cidrs, hostReached: undefined });
  });
  return [...targets.flatMap((target, index) => judgeSite(target, index, views[index])), ...nodeOnes];
}

/** Whether the host got an answer by either family; `undefined`: nothing was tried. */
export function hostReached(view: HostView | undefined, cell: string | undefined): boolean | undefined {
  if (view === undefined) return undefined;
  if (cell === undefined) return view.records.a.length + view.records.aaaa.length > 0;
  return [...view.ipv4, ...view.ipv6].some((result) => result.cell === cell && result.outcome === 'connected');
}

export function hostReachedIpv6(view: HostView | undefined): boolean {
  return view?.ipv6.some(({ outcome }) => outcome === 'connected') === true;
}

function judgeSite(target: CheckTarget, index: number, view: HostView | undefined): VerifyCell[] {
  return cellsOfSite(target, 'AAAA').map(({ protocol, port, request }) => {
    const cell = {
      source: hostSource.id,
      target: siteId(index),
      protocol,
      port,
      expected: {
        result: 'unknown' as const,
        path: 'host' as const,
        reason: 'what the engine host reaches is the measure of the rest',
      },
    };
    if (request.cell === undefined) {
      const addresses = [...(view?.records.aaaa ?? []), ...(view?.records.a ?? [])];
      const ms = view?.dns.aaaa?.ms ?? view?.dns.a?.ms;
      return {
        ...cell,
        path: 'host',
        verdict: addresses.length > 0 ? 'ok' : 'unverified',
        observed: addresses.join(', ') || 'no address',
        ms,
      };
    }
    const tries = [...(view?.ipv6 ?? []), ...(view?.ipv4 ?? [])].filter((result) => result.cell === request.cell);
    const best = tries.find(({ outcome }) => outcome === 'connected') ?? tries[0];
    return { ...cell, path: 'host', ...describe(best) };
  });
}

function describe(result: CellResult | undefined): Pick<VerifyCell, 'verdict' | 'observed'> & Partial<VerifyCell> {
  if (result === undefined) return { verdict: 'unverified', observed: 'no address' };
  if (result.outcome === 'untried') return { verdict: 'untried', observed: 'the tool for it is missing there' };
  return {
    verdict: result.outcome === 'connected' ? 'ok' : 'unverified',
    observed: describeCell(result),
    address: result.address,
    ms: result.ms,
    ...(result.source === '' ? {} : { sourceSeen: result.source }),
  };
}
