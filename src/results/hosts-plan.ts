import { z } from 'zod';

const route = z.object({
  destination: z.string().describe('a CIDR of either family'),
  via: z.string().optional().describe('absent: on the device itself, or nowhere'),
  device: z.string().optional().describe('absent: unreachable, behind every other route'),
  leadsTo: z.string(),
});

const provision = z.object({
  id: z.string().describe('stable name of the change'),
  what: z.string(),
  why: z.string(),
  condition: z.string().optional().describe('what has to be so on the host; absent: always'),
});

const hostPlan = z.object({
  name: z.string(),
  roles: z.array(z.enum(['control-plane', 'worker', 'dns64', 'nat64'])),
  interface: z.string().describe('on the node network'),
  address: z.string(),
  podCidr: z.string().optional().describe('absent: no node of Kubernetes'),
  routes: z.array(route),
  provisioning: z.array(provision).describe('in the order in which it is made; it is taken back from its end'),
  files: z.array(z.object({ path: z.string(), content: z.string() })).describe('new files; nothing there is replaced'),
});

/** What `hosts plan` answers, and the shape of `hosts plan --json`. */
export const hostsPlan = z.object({
  allowAaaaUse: z.boolean(),
  networks: z.object({
    nodes: z.string(),
    pods: z.string(),
    services: z.string(),
    support: z.string(),
    supportIpv4: z.string(),
  }),
  dns64: z.object({ host: z.string(), address: z.string(), clusterDns: z.string(), upstreams: z.array(z.string()) }),
  nat64: z.object({
    host: z.string(),
    prefix: z.string(),
    address: z.string(),
    ipv4Address: z.string(),
    ipv4Pool: z.string(),
  }),
  hosts: z.array(hostPlan),
  unknown: z.array(z.string()).describe('what only the hosts can tell'),
});

export type HostsPlan = z.infer<typeof hostsPlan>;
export type HostPlan = z.infer<typeof hostPlan>;
export type HostRoute = z.infer<typeof route>;
export type Provision = z.infer<typeof provision>;
