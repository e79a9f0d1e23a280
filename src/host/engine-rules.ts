import type { HostFacts } from '../plan/types.js';
import type { parseNft } from './parse-nft.js';

export type EngineRules = NonNullable<HostFacts['engineRules']>;

/** The engine's chains in iptables of either kind, or the tables of its nftables backend. */
export function findEngineRules(
  { tables, chains }: Pick<ReturnType<typeof parseNft>, 'tables' | 'chains'>,
  { legacy4, legacy6 }: { legacy4: string; legacy6: string },
): EngineRules {
  const has = (family: 'ip' | 'ip6', legacy: string): boolean =>
    chains.some(({ table, name }) => table === `${family} filter` && name.startsWith('DOCKER')) ||
    tables.includes(`${family} docker-bridges`) ||
    /^-N DOCKER/m.test(legacy);
  return { ipv4: has('ip', legacy4), ipv6: has('ip6', legacy6) };
}

/** What is said where rules are missing; `undefined`: all are there. */
export function describeMissingRules({ ipv4, ipv6 }: EngineRules): string | undefined {
  if (ipv4 && ipv6) return undefined;
  const families = [...(ipv4 ? [] : ['IPv4']), ...(ipv6 ? [] : ['IPv6'])].join(' and ');
  return `the engine's own packet rules for ${families} are not there: they were flushed (\`nft flush ruleset\`, a firewall's restart), or daemon.json turns them off. The engine does not keep its networks apart, and other containers of its may not get out`;
}

export const missingRulesRemedy =
  'sudo systemctl restart docker     # puts them back; where they stay away, first take "iptables": false and "ip6tables": false out of /etc/docker/daemon.json';
