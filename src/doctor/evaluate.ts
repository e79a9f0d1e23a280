import type { DoctorReport } from '../results/doctor.js';
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
  const count = (status: (typeof findings)[number]['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  return {
    ...('known' in facts.engine
      ? { engine: { endpoint: facts.engine.known.endpoint, version: facts.engine.known.info.version } }
      : {}),
    counts: { ok: count('ok'), warning: count('warning'), failure: count('failure'), unknown: count('unknown') },
    findings,
  };
}
