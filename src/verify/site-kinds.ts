import type { IpAddress } from '../net/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { CellProtocol, VerifyCell, VerifyTarget } from '../results/verify.js';

/** A name's records as the engine host's resolvers give them. */
export interface SiteRecords {
  a: readonly IpAddress[];
  aaaa: readonly IpAddress[];
}

type SiteKind = Extract<VerifyTarget['kind'], 'ipv4-site' | 'dual-site' | 'ipv6-site' | 'unknown-site'>;

export function kindOfSite({ a, aaaa }: SiteRecords): SiteKind {
  if (aaaa.length > 0) return a.length > 0 ? 'dual-site' : 'ipv6-site';
  return a.length > 0 ? 'ipv4-site' : 'unknown-site';
}

type SitePlan = Pick<ClusterPlan, 'mode' | 'dns64' | 'attached'>;

interface AskedSite {
  name: string;
  records: SiteRecords;
  protocol: CellProtocol;
}

/** What the mode promises for a name with these records (README, The two modes). */
export function expectOfSite(plan: SitePlan, site: AskedSite): VerifyCell['expected'] {
  const expected = expectOfName(plan, site);
  // images/nat64/README.md, Known.
  return expected.path === 'nat64' && site.protocol === 'icmp-8000'
    ? { ...expected, result: 'unknown', reason: 'pings in fragments are not translated' }
    : expected;
}

function expectOfName(
  { mode, dns64, attached }: SitePlan,
  { name, records, protocol }: AskedSite,
): VerifyCell['expected'] {
  const zone = dns64.nat64Zones.find((candidate) => name === candidate || name.endsWith(`.${candidate}`));
  switch (kindOfSite(records)) {
    case 'unknown-site':
      return { result: 'unknown', reason: 'the engine host finds no address of it' };
    case 'ipv4-site':
      return { result: 'reached', path: 'nat64', reason: 'it has IPv4 addresses only' };
    case 'ipv6-site':
      if (mode.aaaa) return { result: 'reached', path: 'direct', reason: 'it has IPv6 addresses only' };
      // The name is answered all the same.
      return protocol === 'dns'
        ? { result: 'reached', path: 'direct', reason: 'its own address, to which there is no path' }
        : attached === undefined
          ? { result: 'refused', reason: 'it has IPv6 addresses only, and AAAA use is off' }
          : { result: 'unknown', reason: "how IPv6 leaves is the cluster's own matter" };
    case 'dual-site':
      if (!mode.aaaa) return { result: 'reached', path: 'nat64', reason: 'AAAA use is off' };
      return zone === undefined
        ? { result: 'reached', path: 'direct', reason: 'AAAA use is on' }
        : { result: 'reached', path: 'nat64', reason: `DIND_DNS64_NAT64_ZONES has ${zone}` };
  }
}
