import type { FirewallChain, HostFacts } from '../plan/types.js';
import { withoutCounters } from './evaluate-forward.js';
import { listReachedChains } from './reached-chains.js';

/** As firewalld makes it of `IPv6_rpfilter=strict`, for all interfaces. */
const strict = /^(meta nfproto ipv6 )?fib saddr (\. mark )?\. iif oif (missing|0) drop$/;

/**
 * Rules that drop every IPv6 packet that comes in by another interface than the host would send its answer to. A host that filters what passes its bridges
 * (br_netfilter) asks that of frames, too: those of NAT64 and of pods on other nodes, whose addresses nobody on the host has a route to.
 */
export function listReversePathDrops(chains: readonly FirewallChain[]): NonNullable<HostFacts['reversePathDrops']> {
  const families = chains.filter(({ table }) => /^(inet|ip6) /.test(table));
  return [...new Set(families.map(({ table }) => table))].flatMap((table) =>
    listReachedChains(
      families.filter((chain) => chain.table === table),
      ['prerouting'],
    ).flatMap(({ name, rules }) =>
      rules
        .map(({ text }) => withoutCounters(text))
        .filter((text) => strict.test(text))
        .map((rule) => ({ table, chain: name, rule })),
    ),
  );
}
