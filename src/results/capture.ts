import { z } from 'zod';

/** What `capture` answers, and the shape of `capture --json`. */
export const captureResult = z.object({
  cluster: z.string(),
  place: z.string(),
  file: z.string(),
  packets: z.number(),
  bytes: z.number(),
  interfaces: z.array(z.object({ name: z.string(), description: z.string() })),
  durationMs: z.number(),
});

export type CaptureResult = z.infer<typeof captureResult>;
