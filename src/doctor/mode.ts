import { hasIpv6DefaultRoute } from '../host/changes.js';
import type { HostFacts } from '../plan/types.js';
import type { DoctorFacts } from './facts.js';

/** Whether the cluster uses AAAA records, or would after `up`. What `auto` will find out by trying is taken to be what the routes say. */
export function usesAaaa(facts: DoctorFacts, host: Pick<HostFacts, 'routes'>): boolean {
  const { allowAaaaUse } = facts.settings;
  if (allowAaaaUse !== undefined)
    return allowAaaaUse === 'true' || (allowAaaaUse === 'auto' && hasIpv6DefaultRoute(host));
  return 'known' in facts.cluster && facts.cluster.known.mode?.aaaa === true;
}
