import { z } from 'zod';

/** What `aaaa` answers, and the shape of `aaaa --json`. */
export const aaaaResult = z.object({
  aaaa: z.boolean(),
  reason: z.string(),
  changed: z.boolean(),
  durationMs: z.number(),
});

export type AaaaResult = z.infer<typeof aaaaResult>;
