import { z } from 'zod';

/** What `dump` answers, and the shape of `dump --json`. */
export const dumpResult = z.object({
  path: z.string().describe('the folder, or the .tar.gz'),
  index: z.string().describe('the page to start at, within it'),
  files: z.array(z.object({ path: z.string(), about: z.string(), bytes: z.int() })),
  missing: z
    .array(z.object({ path: z.string(), about: z.string(), reason: z.string() }))
    .describe('what could not be read'),
  causes: z.array(z.object({ seen: z.string(), remedy: z.string() })).describe('what the logs tell of the engine host'),
});

export type DumpResult = z.infer<typeof dumpResult>;
