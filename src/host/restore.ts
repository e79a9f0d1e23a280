import { renderSysctlRestore } from '../render/host-sysctls.js';
import { describeChange } from './changes.js';
import { findDependents, findForwardingUsers, type Dependents } from './dependents.js';
import { readHostFacts } from './facts.js';
import { familyOf, isForwarding, judgeForwarding, type LeftForwarding } from './left-forwarding.js';
import { makeChanges } from './prepare.js';
import { forgetHostChange, listHostChanges, type RecordedChange } from './record.js';
import { removeHostRules } from './rules.js';
import { packetRules, runOnHost } from './run-on-host.js';
import { nameCluster } from '../plan/names.js';
import { readScript } from '../shell.js';
import type { Engine } from '../engine/types.js';
import type { HostChange, SharedChange } from '../plan/types.js';

export interface RestoreResult {
  restored: HostChange[];
  /** Shared changes that stay, each with who needs it; `text` is for people. */
  kept: { change: SharedChange; reason: string; text: string }[];
  /** What stays for others on the host, and is theirs from now on: nothing of it is recorded any more. `text` is for people. */
  left: LeftForwarding[];
}

export interface RestoreOptions {
  signal?: AbortSignal;
  /** Called when all is put back, before it is forgotten: the cluster's host container holds the volumes. */
  release?: () => Promise<void>;
}

/**
 * Puts the engine host back as the record says, once the cluster's networks are gone: the cluster's rules, and what all clusters share
 * unless another dind64 cluster or another network of the engine needs it. Then the record stays too, with the original values, for
 * whoever comes last. Where somebody else has come who may need forwarding, that stays as it is for good, and the record goes. To be called under the host's
 * lock. Safe after a crash at any point and when nothing was recorded.
 */
export async function restoreHost(
  engine: Engine,
  baseImage: string,
  clusterName: string,
  { signal, release }: RestoreOptions = {},
): Promise<RestoreResult> {
  const rules = (await listHostChanges(engine, clusterName)).filter(({ change }) => change.kind === 'rules');
  if (rules.length > 0)
    await removeHostRules(
      engine,
      baseImage,
      { clusterName, names: nameCluster(clusterName), gateway: undefined },
      signal,
    );
  const shared = (await listHostChanges(engine, clusterName)).filter(isShared);
  const { free, kept } = divide(shared, await findDependents(engine, clusterName));
  const { restorable, left } = await leaveForwarding(engine, baseImage, free, signal);
  if (restorable.length > 0) await restoreShared(engine, baseImage, { clusterName, records: restorable }, signal);
  // Somebody may have made a network between the question and the answer: it gets back what it needs, and the record stays.
  const late = divide(restorable, await findDependents(engine, clusterName));
  if (late.kept.length > 0)
    await makeChanges(
      engine,
      baseImage,
      { clusterName, changes: late.kept.map(({ record }) => record.change), forwarding: true },
      signal,
    );
  await release?.();
  const leftChanges = left.flatMap(({ changes }) => changes);
  for (const record of [...rules, ...late.free, ...free.filter(({ change }) => leftChanges.includes(change))])
    await forgetHostChange(engine, record);
  return {
    restored: [...rules, ...late.free].map(({ change }) => change),
    kept: [...kept, ...late.kept].map(({ record: { change }, reason }) => ({
      change,
      reason,
      text: `${describeChange(change)}: left as it is, because ${reason}`,
    })),
    left,
  };
}

type SharedRecord = RecordedChange & { change: SharedChange };

function isShared(record: RecordedChange): record is SharedRecord {
  return record.change.kind !== 'rules';
}

function divide(
  records: SharedRecord[],
  dependents: Dependents,
): { free: SharedRecord[]; kept: { record: SharedRecord; reason: string }[] } {
  const reasonFor = ({ change }: SharedRecord): string | undefined => dependents[familyOf(change)];
  return {
    free: records.filter((record) => reasonFor(record) === undefined),
    kept: records.flatMap((record) => {
      const reason = reasonFor(record);
      return reason === undefined ? [] : [{ record, reason }];
    }),
  };
}

/** Facts are read only where forwarding would be turned off. */
async function leaveForwarding(
  engine: Engine,
  baseImage: string,
  records: SharedRecord[],
  signal: AbortSignal | undefined,
): Promise<{ restorable: SharedRecord[]; left: LeftForwarding[] }> {
  if (!records.some(({ change }) => isForwarding(change))) return { restorable: records, left: [] };
  const users = await findForwardingUsers(engine, await readHostFacts(engine, baseImage, { signal }));
  const left = judgeForwarding(records, users);
  return { restorable: records.filter(({ change }) => !left.some(({ changes }) => changes.includes(change))), left };
}

async function restoreShared(
  engine: Engine,
  baseImage: string,
  { clusterName, records }: { clusterName: string; records: SharedRecord[] },
  signal: AbortSignal | undefined,
): Promise<void> {
  await runOnHost(engine, baseImage, {
    doing: 'putting back sysctls and policies of the engine host',
    clusterName,
    script: readScript('host-sysctls.bash'),
    args: renderSysctlRestore(records.map(({ change }) => change)),
    capabilities: packetRules,
    writesSysctls: true,
    signal,
  });
}
