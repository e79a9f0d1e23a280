import { renderRulesRemoval, renderRulesScript, type RulesTarget } from '../render/host-rules-script.js';
import { forgetHostChange, listHostChanges, recordHostChange } from './record.js';
import { packetRules, runOnHost } from './run-on-host.js';
import type { Engine } from '../engine/types.js';

export type { RulesTarget } from '../render/host-rules-script.js';

export interface InstalledRules {
  changed: boolean;
  backend: 'nft' | 'legacy' | 'nftables';
}
export interface RuleStatus {
  name: string;
  present: boolean;
}

/**
 * Installs the rules of mode true, recorded before. The node network must exist: the engine's own rules for its bridge tell which
 * backend they belong in. Rules that are right are left alone. Throws CommandError `host-command-failed`.
 */
export async function ensureHostRules(
  engine: Engine,
  baseImage: string,
  { clusterName, ...target }: RulesTarget & { clusterName: string },
  signal?: AbortSignal,
): Promise<InstalledRules> {
  await recordHostChange(engine, clusterName, { kind: 'rules', chains: target.host.chains });
  const { stdout } = await runOnHost(engine, baseImage, {
    doing: 'installing forwarding and masquerade rules on the engine host',
    clusterName,
    script: renderRulesScript(target, 'install'),
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
  const { stdout } = await runOnHost(engine, baseImage, {
    doing: 'checking the rules on the engine host',
    script: renderRulesScript(target, 'check'),
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

/** Removes the rules that were recorded for the cluster, from whatever backend has them, and then the record. `false`: none were recorded. */
export async function removeHostRules(
  engine: Engine,
  baseImage: string,
  clusterName: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const records = (await listHostChanges(engine, clusterName)).filter(({ change }) => change.kind === 'rules');
  for (const record of records) {
    if (record.change.kind !== 'rules') continue;
    await runOnHost(engine, baseImage, {
      doing: 'removing the rules on the engine host',
      clusterName,
      script: renderRulesRemoval(record.change.chains),
      capabilities: packetRules,
      signal,
    });
    await forgetHostChange(engine, record);
  }
  return records.length > 0;
}
