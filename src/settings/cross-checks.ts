import { existsSync } from 'node:fs';
import { findOverlaps } from '../net/allocate.js';
import { parseIpv6Cidr } from '../net/cidr.js';
import type { Ipv6Cidr } from '../net/types.js';
import { definitions } from './definitions.js';
import type { Problem } from './problem.js';
import type { Given } from './types.js';
import type { Settings } from './types.js';

/** CIDRs that a cluster of the default name gets; clusters of other names get others (plan). */
const defaultCidrs = { nodeCidr: 'fd00:20::/64', podCidr: 'fd00:40::/72', serviceCidr: 'fd00:30::/110' } as const;

const cidrFields = ['nodeCidr', 'podCidr', 'serviceCidr', 'nat64Prefix'] as const;

/** What is wrong between settings that are right one by one. `settings` may lack those that are not. */
export function findContradictions(settings: Partial<Settings>, given: ReadonlyMap<string, Given>): Problem[] {
  return [...findOverlappingCidrs(settings, given), ...findMissingManifest(settings, given)];
}

function findOverlappingCidrs(settings: Partial<Settings>, given: ReadonlyMap<string, Given>): Problem[] {
  const known = cidrFields.flatMap((field): { name: string; cidr: Ipv6Cidr }[] => {
    const cidr = settings[field] ?? defaultCidr(field, settings, given);
    return cidr === undefined ? [] : [{ name: definitions[field].name, cidr }];
  });
  return findOverlaps(known.map(({ cidr }) => cidr)).flatMap(([oneIndex, otherIndex]): Problem[] => {
    const one = known[oneIndex];
    const other = known[otherIndex];
    if (one === undefined || other === undefined) return [];
    // The one that the user gave is the one to report.
    const [reported, against] = given.has(one.name) ? [one, other] : [other, one];
    return [
      {
        name: reported.name,
        source: given.get(reported.name)?.source ?? 'default',
        seen: reported.cidr,
        text: `overlaps ${against.name}=${against.cidr} (${given.get(against.name)?.source ?? 'default'})`,
        hint: 'node, pod and service CIDR and the NAT64 prefix must be apart from one another',
      },
    ];
  });
}

/** Only of the default name's cluster, and only where the user gave nothing (a bad value is reported by itself). */
function defaultCidr(
  field: (typeof cidrFields)[number],
  settings: Partial<Settings>,
  given: ReadonlyMap<string, Given>,
): Ipv6Cidr | undefined {
  if (
    field === 'nat64Prefix' ||
    given.has(definitions[field].name) ||
    settings.clusterName !== definitions.clusterName.default
  )
    return undefined;
  return parseIpv6Cidr(defaultCidrs[field]);
}

function findMissingManifest(settings: Partial<Settings>, given: ReadonlyMap<string, Given>): Problem[] {
  const name = definitions.cni.name;
  if (settings.cni?.kind !== 'manifest' || settings.cni.source.includes('://') || existsSync(settings.cni.source))
    return [];
  return [
    { name, source: given.get(name)?.source ?? 'default', seen: settings.cni.source, text: 'there is no such file' },
  ];
}
