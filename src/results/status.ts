import { z } from 'zod';

const health = z.enum(['running', 'paused', 'stopped', 'missing']);

/** What `status` answers, and the shape of `status --json`. */
export const clusterStatus = z.object({
  cluster: z.string(),
  exists: z.boolean(),
  dind64: z.string().describe('version of the dind64 that answers'),
  engine: z.object({ endpoint: z.string(), version: z.string() }),
  mode: z.object({ aaaa: z.boolean(), reason: z.string() }).optional(),
  attached: z
    .object({ of: z.enum(['kind']), cluster: z.string(), network: z.string(), dualStack: z.boolean() })
    .optional()
    .describe("whose cluster dind64 is attached to; absent: the cluster is dind64's own"),
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
      tracked: z.number().describe('entries of its connection tracking, one for each connection'),
      packets: z
        .record(z.string(), z.number())
        .describe('since its start, by what became of them; what is not there is zero'),
    })
    .optional()
    .describe('absent: it does not run'),
  hostRules: z.array(z.object({ name: z.string(), present: z.boolean() })),
  guard: z
    .object({
      name: z.string(),
      health,
      detail: z.string().optional().describe('what is wrong with it'),
      mended: z.string().optional().describe('when it last put back what somebody had taken away, and what that was'),
    })
    .optional()
    .describe('the container that keeps the host rules; absent: there is no cluster'),
  record: z
    .object({
      dind64: z.string().describe('version that wrote the record'),
      writtenAt: z.string(),
      generation: z.number().describe('counts the changes'),
      kubernetesVersion: z.string(),
      nodeImage: z.string(),
      workers: z.number(),
      addressing: z.object({
        nodeCidr: z.string(),
        podCidr: z.string(),
        serviceCidr: z.string(),
        nat64Prefix: z.string(),
        apiPort: z.number().optional().describe('absent: the API is not forwarded by dind64'),
      }),
      mtu: z.number(),
      cni: z.string(),
      dns64Upstreams: z.array(z.string()).describe('empty: the resolvers of the engine host'),
      dns64Nat64Zones: z.array(z.string()),
      nat64Deny: z.array(z.string()),
      snatAddress: z.string().optional(),
      given: z
        .record(z.string(), z.object({ value: z.string(), source: z.string() }))
        .describe('settings that were given, and by what'),
    })
    .optional()
    .describe('what the cluster is; absent: there is none'),
  drift: z.array(z.string()).describe('what is not as recorded'),
  kubeconfigContext: z.string().optional(),
  remarks: z.array(z.string()).describe('what a user should know though nothing is broken'),
});

export type Health = z.infer<typeof health>;
export type ClusterStatus = z.infer<typeof clusterStatus>;
