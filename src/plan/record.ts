import { z } from 'zod';
import { parseAddress, parseIpv6Address } from '../net/address.js';
import { parseIpv4Cidr, parseIpv6Cidr } from '../net/cidr.js';
import type { IpAddress, Ipv4Cidr, Ipv6Address, Ipv6Cidr } from '../net/types.js';
import type { CheckTarget } from '../settings/types.js';

/** Text in the form that `parse` gives; the published schema says `string`. */
function textAs<T extends string>(parse: (text: string) => T): z.ZodType<T> {
  const isRight = (text: string): boolean => {
    try {
      return parse(text) === text;
    } catch {
      return false;
    }
  };
  return z.string().refine(isRight) as unknown as z.ZodType<T>;
}

const ipv6Cidr: z.ZodType<Ipv6Cidr> = textAs(parseIpv6Cidr);
const ipv4Cidr: z.ZodType<Ipv4Cidr> = textAs(parseIpv4Cidr);
const ipAddress: z.ZodType<IpAddress> = textAs(parseAddress);
const ipv6Address: z.ZodType<Ipv6Address> = textAs(parseIpv6Address);

const family = z.union([z.literal(4), z.literal(6)]);

/** A change of the engine host that all clusters share, with what was there before (plan/types.ts). */
const sharedChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accept-ra'), device: z.string(), value: z.number() }),
  z.object({
    kind: z.literal('ipv6-forwarding'),
    all: z.boolean(),
    default: z.boolean(),
    interfaces: z.array(z.string()),
  }),
  z.object({ kind: z.literal('ipv4-forwarding'), value: z.boolean() }),
  z.object({ kind: z.literal('forward-policy'), family, policy: z.string(), backend: z.enum(['nft', 'legacy']) }),
]);

export type SharedChange = z.infer<typeof sharedChange>;

/** JSON knows no `undefined`. */
const checkTarget = z.object({ name: z.string(), port: z.int().optional() }) as unknown as z.ZodType<CheckTarget>;

const cni = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ptp') }),
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('manifest'), source: z.string() }),
]);

/** What the settings of a cluster came to; a later command that is given none of them keeps these. */
const clusterSettings = z.object({
  clusterName: z.string(),
  ipMode: z.literal('ipv6'),
  numWorkers: z.int(),
  k8sVersion: z.string().describe('minor version'),
  nodeImage: z.string().optional().describe('DIND_NODE_IMAGE'),
  imageSource: z.enum(['auto', 'pull', 'build']),
  nat64Engine: z.enum(['auto', 'ebpf', 'tayga']),
  nat64Deny: z.array(ipv4Cidr),
  snatAddress: ipAddress.optional(),
  checkTargets: z
    .union([z.literal('none'), z.array(checkTarget)])
    .optional()
    .describe('absent: the default names'),
  timeoutMs: z.number(),
  dns64Upstreams: z.array(ipAddress).describe('empty: the resolvers of the engine host'),
  dns64Nat64Zones: z.array(z.string()),
  cni,
  kubeconfig: z.string().optional().describe('DIND_KUBECONFIG'),
});

export type ClusterSettings = z.infer<typeof clusterSettings>;

const addressing = z.object({
  nodeCidr: ipv6Cidr,
  podCidr: ipv6Cidr,
  serviceCidr: ipv6Cidr,
  nat64Prefix: ipv6Cidr,
  apiPort: z.int().describe('of the API, on the loopback of the engine host'),
});

/** What a cluster keeps for its whole life. */
export type Addressing = z.infer<typeof addressing>;

const images = z.object({
  base: z.string(),
  dns64: z.string(),
  nat64: z.string(),
  api: z.string(),
  node: z.string(),
  kubernetesVersion: z.string().describe('as the node image names it: `v1.37.2`'),
  componentStore: z.string().describe('volume with the unpacked component images'),
});

export type ClusterImages = z.infer<typeof images>;

/** A cluster of another tool's that DNS64 and NAT64 were attached to: what was read of it, and the addresses that they have on its network. */
const attached = z.object({
  of: z.literal('kind'),
  cluster: z.string().describe('as kind calls it'),
  network: z.string().describe("of the engine, the cluster's own"),
  dns64: ipv6Address,
  nat64: ipv6Address,
  nodes: z.array(z.object({ name: z.string(), role: z.enum(['control-plane', 'worker']), address: ipv6Address })),
  dualStack: z.boolean().describe('pods have IPv4 as well'),
});

export type Attached = z.infer<typeof attached>;

/** Everything that a plan is made from: decisions, and facts that were read before them. No secret. */
const planInputs = z.object({
  settings: clusterSettings,
  addressing,
  mode: z.object({ requested: z.enum(['true', 'false', 'auto']), aaaa: z.boolean(), reason: z.string() }),
  images,
  mtu: z.int().describe('of the networks: the smallest of the uplinks, 1280 to 1500'),
  engine: z.object({
    cgroupVersion: z.enum(['1', '2']),
    storageDriver: z.string(),
    backingFilesystem: z.string().optional(),
    userNamespaceRemap: z.boolean(),
    firewallBackend: z.enum(['iptables', 'nftables']),
  }),
  facts: z
    .object({
      ipv6Loopback: z.boolean(),
      bpf: z.boolean(),
    })
    .describe('of the engine host'),
  networks: z
    .array(z.object({ name: z.string(), bridge: z.string().optional(), subnets: z.array(z.string()) }))
    .describe("all of the engine's, when it was looked at last"),
  hostChanges: z.array(sharedChange).describe('what the making of the networks changed on the engine host'),
  hostChangeVolumes: z.array(z.string()).describe('volumes that hold what was there before'),
  proxy: z.array(z.string()).describe('names of the proxy variables that nodes have'),
  attached: attached.optional().describe("absent: the cluster is dind64's own"),
});

export type PlanInputs = z.infer<typeof planInputs>;

/**
 * The versions that there are: 1 of a cluster of dind64's own, 2 of what is attached to another one's, so that a dind64 that knows only the first does not take
 * the second for its own. Others are refused by name (cluster/record.ts).
 */
export const recordVersions = { own: 1, attached: 2 } as const;

/**
 * What a cluster is: the one truth for every command on it. It is kept by the cluster's host container (plan/containers/host.ts), is read
 * from there, and the plan is made from nothing else.
 */
export const clusterRecord = planInputs.extend({
  version: z.union([z.literal(recordVersions.own), z.literal(recordVersions.attached)]),
  generation: z.int().describe('counts the changes'),
  dind64: z.string().describe('version of the dind64 that wrote it'),
  writtenAt: z.iso.datetime(),
  hostRules: z.boolean().describe('the guard keeps the rules of the cluster on the engine host'),
  digests: z.record(z.string(), z.string()).describe('image ids, by reference'),
  given: z
    .record(z.string(), z.object({ value: z.string(), source: z.string() }))
    .describe('settings that were given, and by what; the others are defaults'),
});

export type ClusterRecord = z.infer<typeof clusterRecord>;
