import { z } from 'zod';

const answer = z.object({
  from: z.string().describe('who asks'),
  to: z.string().describe('who is asked: cluster DNS, DNS64, upstream'),
  server: z.string(),
  type: z.enum(['A', 'AAAA']),
  status: z.string().describe('an RCODE, or why there is no answer'),
  chain: z.array(z.string()).describe('CNAMEs on the way'),
  addresses: z.array(z.string()),
  ttl: z.number().optional(),
  ms: z.number().optional(),
});

const packet = z.object({
  source: z.string(),
  sourcePort: z.number().optional(),
  destination: z.string(),
  destinationPort: z.number().optional(),
});

const segment = z.object({
  label: z.enum(['A', 'B', 'C', 'D']),
  from: z.string(),
  to: z.string(),
  packet: packet.optional().describe('as it is on this part of the way; absent: nobody saw it there'),
  translated: z
    .string()
    .optional()
    .describe('what was changed before it: masquerade, NAT64 by way of a pool address, SNAT'),
  answered: z.boolean().describe('an answer came back this way'),
  evidence: z.string().describe('where that was read'),
});

/** What `trace` answers, and the shape of `trace --json`. */
export const traceResult = z.object({
  cluster: z.string(),
  mode: z.object({ aaaa: z.boolean(), reason: z.string() }),
  name: z.string(),
  port: z.number(),
  pod: z.object({ name: z.string(), node: z.string(), address: z.string() }),
  dns: z.array(answer).describe('in the order in which a query travels'),
  address: z.string().optional().describe('the one that the pod connects to'),
  ipv4: z.string().optional().describe('the IPv4 address that is in it'),
  synthesis: z.string().describe('why the address was synthesized, or why not'),
  path: z.enum(['nat64', 'direct']).optional(),
  segments: z.array(segment),
  outcome: z.string().describe('connected, or how it failed'),
  ms: z.number().optional(),
  stopped: z
    .object({ at: z.string(), reason: z.string() })
    .optional()
    .describe('where it ended, when it did not get through'),
});

export type TraceResult = z.infer<typeof traceResult>;
export type TraceAnswer = TraceResult['dns'][number];
export type TraceSegment = TraceResult['segments'][number];
export type TracePacket = z.infer<typeof packet>;
