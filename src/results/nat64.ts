import { z } from 'zod';

/** What `nat64` answers, and the shape of `nat64 --json`. */
export const nat64Result = z.object({
  engine: z.enum(['ebpf', 'tayga']),
  reason: z.string(),
  changed: z.boolean(),
  durationMs: z.number(),
});

export type Nat64Result = z.infer<typeof nat64Result>;
