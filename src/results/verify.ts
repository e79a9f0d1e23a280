import { z } from 'zod';

const path = z
  .enum(['cluster', 'nat64', 'direct', 'host'])
  .describe('cluster: inside of it; nat64: IPv4 by way of NAT64; direct: IPv6; host: the engine host’s own');

const expectation = z.object({
  result: z
    .enum(['reached', 'refused', 'unknown'])
    .describe('unknown: the mode does not say, or the engine host does not reach it either'),
  path: path.optional(),
  reason: z.string(),
});

const cell = z.object({
  source: z.string().describe('id of a source'),
  target: z.string().describe('id of a target'),
  protocol: z.enum(['dns', 'icmp', 'tcp', 'udp', 'http', 'https', 'icmp-1400', 'icmp-8000']),
  expected: expectation,
  verdict: z
    .enum(['ok', 'wrong', 'unverified', 'untried'])
    .describe(
      'unverified: the engine host does not get an answer either, or nothing was expected; untried: the tool is missing there',
    ),
  observed: z.string(),
  failure: z
    .enum(['dns', 'no-route', 'refused', 'prohibited', 'timed-out', 'too-big', 'wrong-path', 'reached', 'other'])
    .optional()
    .describe(
      'why the target was not reached; wrong-path: reached by another way; reached: it should have been refused',
    ),
  path: path.optional().describe('the way that was taken'),
  address: z.string().optional(),
  port: z.number().optional(),
  ms: z.number().optional(),
  sourceSeen: z.string().optional().describe('the address that the target saw, where it tells'),
  hop: z.string().optional().describe('where the path breaks'),
  explanation: z.string().optional(),
});

/** What `verify` answers, and the shape of `verify --json`. */
export const verifyResult = z.object({
  cluster: z.string(),
  mode: z.object({ aaaa: z.boolean(), reason: z.string() }),
  startedAt: z.string(),
  durationMs: z.number(),
  outcome: z
    .enum(['ok', 'wrong'])
    .describe('wrong: a cell differs from what the mode promises, or a part does not run'),
  findings: z
    .array(
      z.object({
        hop: z.string(),
        text: z.string(),
        severity: z.enum(['wrong', 'warning']),
        cells: z.number().describe('how many cells it explains'),
        remedy: z.string().optional(),
      }),
    )
    .describe('what is wrong, one line each, the likely cause first'),
  sources: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['pod', 'node', 'host']),
      name: z.string(),
      node: z.string().optional(),
      address: z.string().optional(),
      problem: z.string().optional().describe('why nothing could be tried from there'),
    }),
  ),
  targets: z.array(
    z.object({
      id: z.string(),
      kind: z.enum([
        'pod',
        'service',
        'cluster-dns',
        'node',
        'ipv4-site',
        'dual-site',
        'ipv6-site',
        'unknown-site',
        'ipv4-literal',
        'address',
        'refused',
      ]),
      name: z.string(),
      detail: z.string(),
    }),
  ),
  cells: z.array(cell),
});

export type VerifyResult = z.infer<typeof verifyResult>;
export type VerifyCell = VerifyResult['cells'][number];
export type VerifySource = VerifyResult['sources'][number];
export type VerifyTarget = VerifyResult['targets'][number];
export type VerifyFinding = VerifyResult['findings'][number];
export type CellProtocol = VerifyCell['protocol'];
export type CellPath = z.infer<typeof path>;
