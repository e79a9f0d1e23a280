import { planClusterProbes, readParts } from '../checks/plan-probes.js';
import type { ProbeResult } from '../checks/probe-types.js';
import { runProbe, type Vantage } from '../checks/run-probe.js';
import type { PartsReport } from '../checks/verdict.js';
import type { ClusterPlan } from '../plan/types.js';
import type { VerifySource } from '../results/verify.js';
import type { PlannedCell } from './cells.js';
import type { Matrix } from './plan-matrix.js';
import { planRequests, readObservation, type Observation } from './requests.js';

export interface LookRequest {
  plan: Pick<ClusterPlan, 'clusterDns' | 'dns64' | 'nat64'>;
  matrix: Matrix;
  vantageOf: (source: VerifySource) => Vantage | undefined;
  attemptMs: number;
  signal: AbortSignal;
  onProblem: (source: VerifySource, text: string) => void;
}

/** What all sources saw, by cell, and of the cluster's own parts. */
export interface Seen {
  observations: Map<string, Observation>;
  parts: Map<string, PartsReport>;
}

export function cellKey({ source, target, protocol }: Pick<PlannedCell, 'source' | 'target' | 'protocol'>): string {
  return `${source} ${target} ${protocol}`;
}

/** Tries these cells from all sources side by side, with one exec each. A source that cannot look tells why and has no observations. */
export async function lookFromAll(request: LookRequest, cells: readonly PlannedCell[]): Promise<Seen> {
  const { plan, matrix, attemptMs, signal } = request;
  const seen: Seen = { observations: new Map(), parts: new Map() };
  await Promise.all(
    matrix.sources.map(async (source) => {
      const vantage = request.vantageOf(source);
      const own = cells.filter((cell) => cell.source === source.id);
      if (vantage === undefined || own.length === 0) return;
      const requests = [...planClusterProbes(plan, [], source.kind === 'pod' ? 'pod' : 'node'), ...planRequests(own)];
      let results: ProbeResult[];
      try {
        results = await runProbe(vantage, requests, { attemptMs, signal, limitMs: attemptMs * 10 });
      } catch (error) {
        signal.throwIfAborted();
        request.onProblem(source, error instanceof Error ? error.message : String(error));
        return;
      }
      seen.parts.set(source.id, readParts(results));
      for (const cell of own) seen.observations.set(cellKey(cell), readObservation(results, cell));
    }),
  );
  return seen;
}
