import { z } from 'zod';

const health = z.enum(['running', 'paused', 'stopped', 'missing']);

/** What `status` answers, and the shape of `status --json`. */
export const clusterStatus = z.object({
  cluster: z.string(),
  exists: z.boolean(),
  engine: z.object({ endpoint: z.string(), version: z.string() }),
  mode: z.object({ aaaa: z.boolean(), reason: z.string() }).optional(),
  nodes: z.array(
    z.object({
      name: z.string(),
      role: z.enum(['control-plane', 'worker']),
      address: z.string(),
      health,
      ready: z.boolean().optional().describe('absent: the API did not say'),
    }),
  ),
  helpers: z.array(
    z.object({
      name: z.string(),
      role: z.enum(['dns64', 'nat64', 'api']),
      address: z.string(),
      health,
      detail: z.string().optional().describe('what is wrong with it'),
    }),
  ),
  nat64: z
    .object({
      wanted: z.enum(['auto', 'ebpf', 'tayga']),
      engine: z.enum(['ebpf', 'tayga']).describe('which translator works'),
      reason: z.string(),
      tracked: z.number().describe('entries of its connection tracking, two for each connection'),
      packets: z
        .record(z.string(), z.number())
        .describe('since its start, by what became of them; what is not there is zero'),
    })
    .optional()
    .describe('absent: it does not run'),
  hostRules: z.array(z.object({ name: z.string(), present: z.boolean() })),
  kubeconfigContext: z.string().optional(),
  remarks: z.array(z.string()).describe('what a user should know though nothing is broken'),
});

export type Health = z.infer<typeof health>;
export type ClusterStatus = z.infer<typeof clusterStatus>;
