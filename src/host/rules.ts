import { renderRulesArguments, type RulesTarget } from '../render/host-rules-arguments.js';
import { packetRules, runOnHost } from './run-on-host.js';
import { readScript } from '../shell.js';
import type { Engine } from '../engine/types.js';
import type { HostPlan } from '../plan/types.js';

export type { RulesTarget } from '../render/host-rules-arguments.js';

export interface InstalledRules {
  changed: boolean;
  backend: 'nft' | 'legacy' | 'nftables';
}
export interface RuleStatus {
  name: string;
  present: boolean;
}

/**
 * Installs the rules of mode true; the cluster's record says before that there may be some. The node network must exist: the engine's own rules for its bridge tell which
 * backend they belong in. Rules that are right are left alone. Throws CommandError `host-command-failed`.
 */
export async function ensureHostRules(
  engine: Engine,
  baseImage: string,
  { clusterName, ...target }: RulesTarget & { clusterName: string },
  signal?: AbortSignal,
): Promise<InstalledRules> {
  const { script, args } = renderRulesArguments(target, 'install');
  const { stdout } = await runOnHost(engine, baseImage, {
    doing: 'installing forwarding and masquerade rules on the engine host',
    clusterName,
    script: readScript(script),
    args,
    capabilities: packetRules,
    signal,
  });
  const backend = /^backend (\S+)$/m.exec(stdout)?.[1] as InstalledRules['backend'] | undefined;
  return { changed: /^changed$/m.test(stdout), backend: backend ?? 'nft' };
}

/** Whether the rules are there, unaltered and ahead of any drop in their chain; for `status`. */
export async function checkHostRules(
  engine: Engine,
  baseImage: string,
  target: RulesTarget,
  signal?: AbortSignal,
): Promise<RuleStatus[]> {
  const { script, args } = renderRulesArguments(target, 'check');
  const { stdout } = await runOnHost(engine, baseImage, {
    doing: 'checking the rules on the engine host',
    script: readScript(script),
    args,
    capabilities: packetRules,
    signal,
  });
  const isOk = (table: string): boolean => new RegExp(`^${table} ok$`, 'm').test(stdout);
  const { forward, postrouting } = target.host.chains;
  return [
    { name: `forwarding ${forward}`, present: isOk('filter') },
    { name: `masquerade ${postrouting}`, present: isOk('nat') },
  ];
}

/** Removes a cluster's rules, whatever there is of them, from whatever backend has them. */
export async function removeHostRules(
  engine: Engine,
  baseImage: string,
  { clusterName, chains }: { clusterName: string; chains: HostPlan['chains'] },
  signal?: AbortSignal,
): Promise<void> {
  await runOnHost(engine, baseImage, {
    doing: 'removing the rules on the engine host',
    clusterName,
    script: readScript('remove-host-rules.bash'),
    args: [chains.forward, chains.postrouting],
    capabilities: packetRules,
    signal,
  });
}
