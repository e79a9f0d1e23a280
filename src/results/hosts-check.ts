import { z } from 'zod';
import { doctorFinding, findingCounts } from './doctor.js';

const checkedHost = z.object({
  name: z.string(),
  reachedBy: z.string().describe('`local`, or what ssh was given'),
  counts: findingCounts,
  findings: z
    .array(doctorFinding)
    .describe('the first says whether the host was reached; where it was not, the others are unknown'),
});

/** What `hosts check` answers, and the shape of `hosts check --json`. */
export const hostsCheck = z.object({
  counts: findingCounts.describe('of all hosts'),
  hosts: z.array(checkedHost),
  durationMs: z.int(),
});

export type HostsCheck = z.infer<typeof hostsCheck>;
export type CheckedHostReport = z.infer<typeof checkedHost>;
