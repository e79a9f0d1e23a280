import { renderChainRules, renderJumps, renderNftTable, renderRestore } from './host-rules.js';
import type { EngineInfo } from '../engine/types.js';
import type { HostFacts, HostRulesPlan } from '../plan/types.js';

export type RulesAction = 'install' | 'check';
export interface RulesTarget {
  host: HostRulesPlan;
  firewallBackend: EngineInfo['firewallBackend'];
  rulesBackend: HostFacts['rulesBackend'];
}

/** The script of shell/ that installs or checks the rules of mode true, and its arguments. */
export function renderRulesArguments(
  { host, firewallBackend, rulesBackend }: RulesTarget,
  action: RulesAction,
): { script: 'host-rules-ip6tables.bash' | 'host-rules-nftables.bash'; args: string[] } {
  const { bridge, chains } = host;
  if (firewallBackend === 'nftables')
    return { script: 'host-rules-nftables.bash', args: [action, chains.forward, renderNftTable(host).trimEnd()] };
  const rules = renderChainRules(host);
  const jumps = renderJumps(host);
  return {
    script: 'host-rules-ip6tables.bash',
    args: [
      action,
      rulesBackend === 'legacy' ? 'legacy' : 'nft',
      bridge,
      chains.forward,
      chains.postrouting,
      ...[rules.filter, rules.nat, jumps.filter, jumps.nat].map((lines) => lines.join('\n')),
      renderRestore(host),
    ],
  };
}
