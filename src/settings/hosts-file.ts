import { z } from 'zod';
import { DindError } from '../errors.js';
import { parseAddress, parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { parseIpv4Cidr, parseIpv6Cidr } from '../net/cidr.js';

const ipv6Cidr = textFor(parseIpv6Cidr);
const ipv4Cidr = textFor(parseIpv4Cidr);
const ipv6Address = textFor(parseIpv6Address);
const secondNetwork = z
  .string()
  .refine(() => false, 'a second network belongs to dual stack: clusters are IPv6-only')
  .optional()
  .describe('Refused: a second network belongs to dual stack.');
const plugin = z.enum(['bridge', 'ptp'], { error: 'neither bridge nor ptp' }).optional();

const host = z.strictObject({
  interface: z
    .string()
    .min(1)
    .describe(
      'The interface on the management network, e.g. `eth1`. The way out is another one: that of the default route.',
    ),
  opmodes: z.string().min(1).describe('Words out of master, minion, dns64, nat64, e.g. `master dns64 nat64`.'),
  id: z.int().min(2).max(65535).describe('Ends the address of the host on the management network.'),
  ssh: z
    .string()
    .regex(/^[^\s-]\S*$/, 'neither user@host nor a host that ssh knows')
    .optional()
    .describe("How ssh reaches the host: `user@host`, or a host of ssh's own configuration. Left out: its name."),
  local: z.boolean().optional().describe('True: the host is the machine that the command runs on. One host at most.'),
});

const general = z.strictObject({
  mode: z
    .string()
    .refine((mode) => mode.toLowerCase() === 'ipv6', 'only ipv6: clusters are IPv6-only')
    .optional()
    .describe('`ipv6`, which is also meant when it is left out.'),
  plugin: plugin.describe('`bridge` or `ptp`.'),
  token: empty('a secret does not stand in the file: leave it out, tokens are made when they are needed').describe(
    'A secret: refused unless it is empty.',
  ),
  'token-cert-hash': empty('leave it out: it is read from the cluster').describe(
    'Refused unless it is empty: it belongs to the token.',
  ),
  'work-area': empty('leave it out: what was done to a host is recorded on that host').describe(
    'Refused: no work area is needed.',
  ),
  'kubernetes-version': z
    .string()
    .regex(/^(latest|v\d+\.\d+\.\d+)$/, 'neither `latest` nor a version such as v1.37.0')
    .optional()
    .describe('`latest`, or a version such as `v1.37.0`.'),
  insecure: z
    .boolean()
    .refine((insecure) => !insecure, 'a fixed token lets anyone join: leave it out')
    .optional()
    .describe('Refused unless it is false.'),
});

/**
 * Lazyjack's config.yaml, field by field, with its names, and the reason why a field's value is refused; `ssh` and `local` of a host are ours. What shows only between fields is
 * checked by src/hosts.
 */
export const hostsFile = z.strictObject({
  general: general.optional(),
  plugin: plugin.describe('The older place of `general.plugin`.'),
  topology: z.record(z.string().min(1), host).describe('The hosts, by name.'),
  support_net: z
    .strictObject({ cidr: ipv6Cidr, v4cidr: ipv4Cidr })
    .describe('The network of DNS64 and NAT64, on their host.'),
  mgmt_net: z.strictObject({ cidr: ipv6Cidr, cidr2: secondNetwork }).describe('The network that the hosts share.'),
  pod_net: z.strictObject({
    cidr: ipv6Cidr,
    cidr2: secondNetwork,
    mtu: z.int().min(1280).max(65535).optional(),
  }),
  service_net: z.strictObject({ cidr: ipv6Cidr }),
  nat64: z.strictObject({
    v4_cidr: ipv4Cidr.describe('The pool of IPv4 addresses that NAT64 translates to.'),
    v4_ip: textFor(parseIpv4Address),
    ip: ipv6Address,
  }),
  dns64: z.strictObject({
    cidr: ipv6Cidr.describe('The NAT64 prefix, a /96.'),
    ip: ipv6Address,
    remote_server: textFor(parseAddress).describe('The resolver that DNS64 asks.'),
    allow_aaaa_use: z
      .boolean()
      .optional()
      .describe('Whether AAAA records are used. False, or left out: every site is treated as IPv4-only.'),
    allow_ipv6_use: z.boolean().optional().describe('The older name of `allow_aaaa_use`; either of them turns it on.'),
  }),
});

export type HostsFile = z.infer<typeof hostsFile>;

/** A text that `parse` reads; what it says of another one is the reason of the refusal. */
function textFor(parse: (text: string) => unknown): z.ZodString {
  return z.string().superRefine((text, context) => {
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof DindError)) throw error;
      context.addIssue([error.observed, error.hint].filter(Boolean).join('; '));
    }
  });
}

/** A field that Lazyjack has and that may hold nothing here. The reason does not repeat the value: it may be a secret. */
function empty(reason: string): z.ZodOptional<z.ZodString> {
  return z
    .string()
    .refine((text) => text === '', reason)
    .optional();
}
