import { z } from 'zod';

const step = {
  step: z.string().describe('stable name'),
  title: z.string(),
  parent: z.string().optional().describe('step that this one is a part of'),
};
const ended = { ...step, durationMs: z.number() };

/** What a command tells those who watch it. */
const progressEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), ...step }),
  z.object({ type: z.literal('observed'), step: z.string(), text: z.string() }),
  z.object({
    type: z.literal('finished'),
    ...ended,
    result: z.enum(['done', 'unchanged', 'skipped']),
    text: z.string().optional(),
  }),
  z.object({ type: z.literal('failed'), ...ended, text: z.string() }),
  z.object({ type: z.literal('notice'), level: z.enum(['info', 'warning']), text: z.string() }),
  z
    .object({
      type: z.literal('command'),
      where: z.string().describe('a container, or the image of a short-lived one'),
      argv: z.array(z.string()),
      durationMs: z.number(),
      exitCode: z.int().optional().describe('absent: it could not be run to its end'),
    })
    .describe('a command in a container; with --verbose only'),
  z
    .object({ type: z.literal('summary'), title: z.string(), lines: z.array(z.string()) })
    .describe('the end: prose, and command lines to paste'),
]);

const errorEvent = z.object({
  type: z.literal('error'),
  code: z.string().describe('stable name'),
  source: z.enum(['user', 'environment', 'bug']).describe('who can mend it'),
  doing: z.string(),
  where: z.string().optional(),
  observed: z.string(),
  hint: z.string().optional(),
  exitCode: z.int(),
  log: z.string().optional().describe('path of the log of this run'),
});

const time = z.string().describe('ISO 8601, UTC');

/** One line of stderr with DIND_OUTPUT=json. */
export const outputEvent = z.union([...progressEvent.options, errorEvent].map((option) => option.extend({ time })));

export type ProgressEvent = z.infer<typeof progressEvent>;
