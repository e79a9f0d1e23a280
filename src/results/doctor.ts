import { z } from 'zod';

/** What one check found, of `doctor` and of `hosts check`. */
export const doctorFinding = z.object({
  id: z.string().describe('stable name of the check'),
  title: z.string(),
  status: z
    .enum(['ok', 'warning', 'failure', 'unknown'])
    .describe('unknown: it could not be looked at, and `seen` says why'),
  looked: z.string().describe('what was looked at'),
  seen: z.string(),
  remedy: z.string().optional().describe('what to do, with commands that can be pasted'),
});

export const findingCounts = z.object({ ok: z.int(), warning: z.int(), failure: z.int(), unknown: z.int() });

/** What `doctor` answers, and the shape of `doctor --json`. */
export const doctorReport = z.object({
  cluster: z.string(),
  engine: z.object({ endpoint: z.string(), version: z.string() }).optional().describe('absent: none answers'),
  counts: findingCounts,
  findings: z.array(doctorFinding),
  durationMs: z.int(),
});

export type DoctorFinding = z.infer<typeof doctorFinding>;
export type DoctorReport = z.infer<typeof doctorReport>;
