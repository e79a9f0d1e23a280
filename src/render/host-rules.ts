import type { HostRulesPlan } from '../plan/types.js';

/** Rules of both chains, exactly as `ip6tables -S` prints them, so that present and wanted can be compared as text. */
export interface ChainRules {
  filter: string[];
  nat: string[];
}

/** Bridges of any engine: `br-<id>` and `docker0`, `docker_gwbridge`. */
const bridgeWildcards = ['br-+', 'docker+'];

/**
 * Mode true on the engine host: new connections from the node network out, replies back, refused destinations answered
 * at once. Towards other bridges of the engine the chain only returns, so that the engine's own isolation decides.
 */
export function renderChainRules(host: HostRulesPlan): ChainRules {
  const { bridge, nodeCidr, chains } = host;
  const forward = `-A ${chains.forward}`;
  const postrouting = `-A ${chains.postrouting}`;
  const others = [
    ...bridgeWildcards,
    ...host.otherBridges.filter((other) => other !== bridge && !/^(br-|docker)/.test(other)),
  ];
  return {
    filter: [
      `${forward} -i ${bridge} -o ${bridge} -j RETURN`,
      ...host.refusedDestinations.map(
        (cidr) => `${forward} -d ${cidr} -i ${bridge} -j REJECT --reject-with icmp6-adm-prohibited`,
      ),
      ...others.map((other) => `${forward} -i ${bridge} -o ${other} -j RETURN`),
      // NAT leaves packets of no known connection alone: they would leave with a unique-local source.
      `${forward} -i ${bridge} -m conntrack --ctstate INVALID -j DROP`,
      `${forward} -s ${nodeCidr} -i ${bridge} -j ACCEPT`,
      // Nodes masquerade what leaves them: any other source is a packet that has lost its way, and nothing here would translate it.
      `${forward} -i ${bridge} -j DROP`,
      `${forward} -d ${nodeCidr} -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    ],
    nat: [
      `${postrouting} -d ff00::/8 -j RETURN`,
      // Not bound to an uplink: a laptop changes its own.
      `${postrouting} -s ${nodeCidr} ! -o ${bridge} -j ${host.snatAddress === undefined ? 'MASQUERADE' : `SNAT --to-source ${host.snatAddress}`}`,
    ],
  };
}

/** The rules that lead into our chains, without their chain: they match the cluster's bridge and addresses only. */
export function renderJumps(host: HostRulesPlan): ChainRules {
  return {
    filter: [`-i ${host.bridge} -j ${host.chains.forward}`, `-o ${host.bridge} -j ${host.chains.forward}`],
    nat: [`-s ${host.nodeCidr} -j ${host.chains.postrouting}`],
  };
}

/** Text for `ip6tables-restore --noflush`: makes or replaces our own chains and touches nothing else, each table in one step. */
export function renderRestore(host: HostRulesPlan): string {
  const rules = renderChainRules(host);
  return [
    '*filter',
    `:${host.chains.forward} - [0:0]`,
    ...rules.filter,
    'COMMIT',
    '*nat',
    `:${host.chains.postrouting} - [0:0]`,
    ...rules.nat,
    'COMMIT',
    '',
  ].join('\n');
}

/**
 * The same for an engine with the nftables backend, which has no DOCKER-USER chain: a table of our own. The engine's table lets
 * everything out of its bridges and only replies in, so ours refuses and masquerades; an accept here could not undo a drop there.
 * The text is as `nft list table` prints it.
 */
export function renderNftTable(host: HostRulesPlan): string {
  const { bridge, nodeCidr, chains } = host;
  return [
    `table ip6 ${chains.forward} {`,
    '\tchain forward {',
    // Before the engine's own chain (priority filter), whose verdict on a refused destination would be accept.
    '\t\ttype filter hook forward priority filter - 5; policy accept;',
    ...host.refusedDestinations.map(
      (cidr) => `\t\tiifname "${bridge}" ip6 daddr ${cidr.replace(/\/128$/, '')} reject with icmpv6 admin-prohibited`,
    ),
    // As in the chain above: NAT leaves packets of no known connection alone.
    `\t\tiifname "${bridge}" oifname != "${bridge}" ct state invalid drop`,
    '\t}',
    '',
    '\tchain postrouting {',
    '\t\ttype nat hook postrouting priority srcnat; policy accept;',
    '\t\tip6 daddr ff00::/8 return',
    `\t\toifname != "${bridge}" ip6 saddr ${nodeCidr} ${host.snatAddress === undefined ? 'masquerade' : `snat to ${host.snatAddress}`}`,
    '\t}',
    '}',
    '',
  ].join('\n');
}
