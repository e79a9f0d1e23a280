import type { DoctorFinding, DoctorReport } from '../results/doctor.js';
import type { Check } from './check.js';
import type { DoctorFacts } from './facts.js';

/** What the checks make of the facts. Pure. */
export function evaluateFacts(
  checks: readonly Check[],
  facts: DoctorFacts,
): Pick<DoctorReport, 'counts' | 'findings' | 'engine'> {
  const findings = checks.map((check) => ({
    id: check.id,
    title: check.title,
    looked: check.looked,
    ...check.evaluate(facts),
  }));
  return {
    ...('known' in facts.engine
      ? { engine: { endpoint: facts.engine.known.endpoint, version: facts.engine.known.info.version } }
      : {}),
    counts: countFindings(findings),
    findings,
  };
}

/** How many findings have each status. */
export function countFindings(findings: readonly Pick<DoctorFinding, 'status'>[]): DoctorReport['counts'] {
  const count = (status: DoctorFinding['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  return { ok: count('ok'), warning: count('warning'), failure: count('failure'), unknown: count('unknown') };
}
