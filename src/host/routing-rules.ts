import type { FirewallChain, FirewallRule, HostFacts } from '../plan/types.js';
import { enginesChain } from './ahead-of-engine.js';
import { withoutCounters } from './evaluate-forward.js';
import { enginesOrOurs } from './parse-firewall.js';
import { listActions, listReachedChains } from './reached-chains.js';

type Statement = FirewallRule['statements'][number];

/** What a firewall accepts that only keeps hosts apart, too: replies, errors of ICMP, the loopback. `nft list` and `iptables -S` have a word each for it. */
const ordinary =
  /\bct state \{? ?(established|related)[, ]|--(ct)?state (ESTABLISHED|RELATED)|\bct status dnat\b|\bicmp|ipv6-icmp|-[io] lo\b|[io]if(name)? "?lo\b/;
/** A chain or a zone of firewalld that the engine makes for itself. */
const enginesZone = /docker(?!-USER$)/i;
const translations = /^(masquerade|snat|dnat|netmap)$/i;

/**
 * Rules that somebody made who has this host forward packets: they accept new ones on the forward hook, or translate addresses of what passes through.
 * Neither the engine's nor ours.
 */
export function listRoutingRules(chains: readonly FirewallChain[]): NonNullable<HostFacts['routingRules']> {
  const others = chains.filter(
    ({ table, name }) => /^(inet|ip6?) /.test(table) && !enginesOrOurs.test(table) && !enginesChain.test(name),
  );
  return [...new Set(others.map(({ table }) => table))].flatMap((table) => {
    const ofTable = others.filter((chain) => chain.table === table);
    return [
      ...pick(listReachedChains(ofTable, ['forward']), accepts),
      ...pick(listReachedChains(ofTable, ['prerouting', 'postrouting']), translates),
    ];
  });
}

function pick(
  chains: FirewallChain[],
  counts: (rule: FirewallRule) => boolean,
): NonNullable<HostFacts['routingRules']> {
  return chains
    .filter(({ name }) => !enginesZone.test(name))
    .flatMap(({ table, name, rules }) =>
      rules.filter(counts).map(({ text }) => ({ table, chain: name, rule: withoutCounters(text) })),
    );
}

function accepts({ text, statements }: FirewallRule): boolean {
  // Of a verdict map only what is not about states of connection tracking.
  const actions = statements.filter(({ vmap }) => vmap?.key.ct === undefined).flatMap(listActions);
  return actions.some((action) => 'accept' in action) && !ordinary.test(text);
}

function translates({ statements }: FirewallRule): boolean {
  return statements.some(isTranslation);
}

/** iptables-nft has it as an extension, iptables-legacy as a target. */
function isTranslation(statement: Statement): boolean {
  const target = statement.xt?.type === 'target' ? statement.xt.name : statement.jump?.target;
  return [...Object.keys(statement), target ?? ''].some((name) => translations.test(name));
}
