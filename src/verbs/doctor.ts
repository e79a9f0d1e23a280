import { evaluateFacts } from '../doctor/evaluate.js';
import { checks } from '../doctor/list.js';
import { readDoctorFacts } from '../doctor/read-facts.js';
import type { DoctorReport } from '../results/doctor.js';
import type { Context } from '../cluster/context.js';
import { status } from './status.js';

/** Looks at the engine, its host, this machine and the cluster, where there is one, and says what is wrong and what to do. Works without an engine; changes nothing. */
export async function doctor(context: Context): Promise<DoctorReport> {
  const start = performance.now();
  const facts = await readDoctorFacts(context, () => status(context));
  return {
    cluster: context.environment.settings.clusterName,
    ...evaluateFacts(checks, facts),
    durationMs: Math.round(performance.now() - start),
  };
}
