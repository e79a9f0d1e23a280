import { z } from 'zod';

const cidr = z.string().min(1);

const host = z.strictObject({
  interface: z.string().min(1).describe('The main interface: that of the management network, e.g. `eth1`.'),
  opmodes: z.string().min(1).describe('Words out of master, minion, dns64, nat64, e.g. `master dns64 nat64`.'),
  id: z.int().min(2).max(65535).describe('Ends the address of the host on the management network.'),
});

const general = z.strictObject({
  mode: z.string().optional().describe('`ipv6`, which is also meant when it is left out.'),
  plugin: z.string().optional().describe('`bridge` or `ptp`.'),
  token: z.string().optional().describe('A secret: refused unless it is empty.'),
  'token-cert-hash': z.string().optional().describe('Refused unless it is empty: it belongs to the token.'),
  'work-area': z.string().optional().describe('Refused: no work area is needed.'),
  'kubernetes-version': z.string().optional().describe('`latest`, or a version such as `v1.37.0`.'),
  insecure: z.boolean().optional().describe('Refused unless it is false.'),
});

/** Lazyjack's config.yaml, field by field, with its names. What the fields have to hold is checked by hosts/config.ts. */
export const hostsFile = z.strictObject({
  general: general.optional(),
  plugin: z.string().optional().describe('The older place of `general.plugin`.'),
  topology: z.record(z.string().min(1), host).describe('The hosts, by name.'),
  support_net: z.strictObject({ cidr, v4cidr: cidr }).describe('The network of DNS64 and NAT64, on their host.'),
  mgmt_net: z.strictObject({ cidr, cidr2: cidr.optional() }).describe('The network that the hosts share.'),
  pod_net: z.strictObject({ cidr, cidr2: cidr.optional(), mtu: z.int().min(1280).max(65535).optional() }),
  service_net: z.strictObject({ cidr }),
  nat64: z.strictObject({
    v4_cidr: cidr.describe('The pool of IPv4 addresses that NAT64 translates to.'),
    v4_ip: z.string().min(1),
    ip: z.string().min(1),
  }),
  dns64: z.strictObject({
    cidr: cidr.describe('The NAT64 prefix, a /96.'),
    ip: z.string().min(1),
    remote_server: z.string().min(1).describe('The resolver that DNS64 asks.'),
    allow_aaaa_use: z
      .boolean()
      .optional()
      .describe('Whether AAAA records are used. False, or left out: every site is treated as IPv4-only.'),
    allow_ipv6_use: z.boolean().optional().describe('The older name of `allow_aaaa_use`; either of them turns it on.'),
  }),
});

export type HostsFile = z.infer<typeof hostsFile>;
