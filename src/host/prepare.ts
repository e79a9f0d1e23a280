import { renderSysctlChanges } from '../render/host-sysctls.js';
import { findForwardingUsers } from './dependents.js';
import { isForwarding } from './left-forwarding.js';
import { recordHostChange } from './record.js';
import { runOnHost } from './run-on-host.js';
import { readScript } from '../shell.js';
import type { Engine, EngineInfo } from '../engine/types.js';
import type { HostFacts, SharedChange } from '../plan/types.js';

export interface PrepareInputs {
  clusterName: string;
  /** What will change (changes.ts), by us or by the engine. */
  changes: readonly SharedChange[];
  /** Of before the changes. */
  facts: HostFacts;
  firewallBackend: EngineInfo['firewallBackend'];
  /** Writes down what else must be known before anything is changed; the changes are recorded then. */
  record?: () => Promise<void>;
}

/**
 * To be done before the cluster's first network is made, in every mode: records what the engine is about to change (forwarding, the
 * policy of FORWARD) and makes the changes that must come before (accept_ra; forwarding for the nftables backend, which checks it and
 * does not turn it on). Idempotent.
 */
export async function prepareHost(
  engine: Engine,
  baseImage: string,
  { clusterName, changes, facts, firewallBackend, record }: PrepareInputs,
  signal?: AbortSignal,
): Promise<void> {
  const users = changes.some(isForwarding) ? await findForwardingUsers(engine, facts) : undefined;
  await Promise.all(
    changes.map((change) => recordHostChange(engine, change, isForwarding(change) ? users : undefined)),
  );
  await record?.();
  await makeChanges(engine, baseImage, { clusterName, changes, forwarding: firewallBackend === 'nftables' }, signal);
}

export interface ChangesToMake {
  clusterName: string;
  changes: readonly SharedChange[];
  /** Whether the engine leaves it to dind64 to turn forwarding on. */
  forwarding: boolean;
}

/** Makes recorded changes; costs no container when there is nothing for dind64 itself to write. */
export async function makeChanges(
  engine: Engine,
  baseImage: string,
  { clusterName, changes, forwarding }: ChangesToMake,
  signal?: AbortSignal,
): Promise<void> {
  if (!changes.some(({ kind }) => kind === 'accept-ra' || (forwarding && kind !== 'forward-policy'))) return;
  await runOnHost(engine, baseImage, {
    doing: 'setting sysctls of the engine host',
    clusterName,
    script: readScript('host-sysctls.bash'),
    args: renderSysctlChanges(changes, forwarding),
    capabilities: ['NET_ADMIN'],
    writesSysctls: true,
    signal,
  });
}
