import type { LabNamespace, LabProfile } from './types.js';

/** A place in the lab's internet: answers HTTP, HTTPS, TCP and UDP echo and ping on each of its addresses. */
export interface Site {
  ipv4?: string;
  ipv6?: string;
  namespace: Exclude<LabNamespace, 'host'>;
}

/** Uplink of the engine host. Sites lie beyond the router. */
export const uplink = {
  host: { ipv4: '203.0.113.2', ipv6: '2001:db8:0:1::2', mac: '00:00:5e:00:53:02' },
  router: { ipv4: '203.0.113.1', ipv6: '2001:db8:0:1::1', linkLocal: 'fe80::1', mac: '00:00:5e:00:53:01' },
  ipv4Length: 28,
  ipv4Subnet: '203.0.113.0/28',
  ipv6Subnet: '2001:db8:0:1::/64',
  /** What SLAAC makes of the host's MAC address (RFC 4291 appendix A). */
  slaacIpv6: '2001:db8:0:1:200:5eff:fe00:5302',
} as const;

/** A second uplink, of labs that ask for it: another provider with another prefix. */
export const secondUplink = {
  host: { ipv4: '203.0.113.18', ipv6: '2001:db8:0:2::2' },
  router: { ipv4: '203.0.113.17', ipv6: '2001:db8:0:2::1' },
  ipv4Length: 28,
  ipv4Subnet: '203.0.113.16/28',
  ipv6Subnet: '2001:db8:0:2::/64',
} as const;

/** Servers of the internet that are no sites. */
export const servers = {
  resolver: { ipv4: '198.51.100.53', ipv6: '2001:db8:100::53' },
  authority: { ipv4: '198.51.100.54', ipv6: '2001:db8:100::54' },
  /** Authority of the names whose servers misbehave. */
  brokenAuthority: { ipv4: '198.51.100.55', ipv6: '2001:db8:100::55' },
  /** Resolvers that leave the SOA out of an empty answer: a home router's with names of its own (all of `test.` that it can have), a laptop's stub. */
  dnsmasq: { ipv4: '198.51.100.56', ipv6: '2001:db8:100::56' },
  systemdResolved: { ipv4: '198.51.100.57', ipv6: '2001:db8:100::57' },
} as const;

/** Every site by its name. 192.88.99.0/24 counts as global by RFC 6052 3.1, so `64:ff9b::/96` may lead there. */
export const sites: Readonly<Record<string, Site>> = {
  'v4only.test': { ipv4: '198.51.100.10', namespace: 'internet' },
  'dual.test': { ipv4: '198.51.100.11', ipv6: '2001:db8:100::11', namespace: 'internet' },
  'v6only.test': { ipv6: '2001:db8:100::12', namespace: 'internet' },
  'mapped.test': { ipv4: '198.51.100.13', namespace: 'internet' },
  'mixed.test': { ipv4: '198.51.100.14', ipv6: '2001:db8:100::14', namespace: 'internet' },
  'aaaafail.test': { ipv4: '198.51.100.15', namespace: 'internet' },
  'registry.test': { ipv4: '198.51.100.20', namespace: 'internet' },
  'other.test': { ipv4: '203.0.113.130', ipv6: '2001:db8:113::130', namespace: 'internet' },
  'wkp.test': { ipv4: '192.88.99.10', namespace: 'internet' },
  'wkpdual.test': { ipv4: '192.88.99.11', ipv6: '2001:db8:100::21', namespace: 'internet' },
  'lowmtu1280.test': { ipv4: '198.51.100.128', ipv6: '2001:db8:100::1280', namespace: 'mtu1280' },
  'lowmtu1400.test': { ipv4: '198.51.100.140', ipv6: '2001:db8:100::1400', namespace: 'mtu1400' },
};

/** Links between the internet's router and the sites behind a narrow link. */
export const narrowLinks = [
  {
    namespace: 'mtu1280',
    mtu: 1280,
    device: 'low1280',
    ipv4: { near: '198.51.100.200', far: '198.51.100.201' },
    ipv6: { near: '2001:db8:100:1280::1', far: '2001:db8:100:1280::2' },
  },
  {
    namespace: 'mtu1400',
    mtu: 1400,
    device: 'low1400',
    ipv4: { near: '198.51.100.202', far: '198.51.100.203' },
    ipv6: { near: '2001:db8:100:1400::1', far: '2001:db8:100:1400::2' },
  },
] as const;

/** Addresses with a name that fail in one well-defined way each. */
export const badPlaces = {
  /** Packets vanish. */
  'drop.test': { ipv4: '198.51.100.66', ipv6: '2001:db8:100::66', route: 'blackhole' },
  /** ICMP host unreachable, ICMPv6 no route. */
  'unreachable.test': { ipv4: '198.51.100.67', ipv6: '2001:db8:100::67', route: 'unreachable' },
  /** ICMP administratively prohibited. */
  'prohibited.test': { ipv4: '198.51.100.68', ipv6: '2001:db8:100::68', route: 'prohibit' },
} as const;

/** Ports that every site listens on. */
export const ports = { http: 80, https: 443, echo: 7, source: 1007 } as const;

/** Bytes of `/10mb.bin`, the download of every site. */
export const downloadBytes = 10 * 1024 * 1024;

/** The image that the registry holds: static busybox. */
export const testImage = {
  registry: 'registry.test',
  repository: 'lab/hello',
  tag: '1',
  reference: 'registry.test/lab/hello:1',
} as const;

/** The same image where the registry asks for a password. */
export const privateImage = {
  folder: 'private',
  user: 'lab',
  password: 'se-cret-of-the-lab',
  reference: 'registry.test/private/hello:1',
} as const;

/** Name resolvers of the engine host, in the order of its resolv.conf. */
export function planResolvers(profile: LabProfile, families?: 'ipv4' | 'ipv6' | 'both'): string[] {
  const wanted = families ?? (profile === 'dual' ? 'both' : profile === 'v4only' ? 'ipv4' : 'ipv6');
  return [...(wanted === 'ipv6' ? [] : [servers.resolver.ipv4]), ...(wanted === 'ipv4' ? [] : [servers.resolver.ipv6])];
}
