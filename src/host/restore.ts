import { isCommandsOwn, labels } from '../labels.js';
import { renderSysctlRestore } from '../render/host-sysctls.js';
import { describeChange } from './changes.js';
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
}

export interface RestoreOptions {
  signal?: AbortSignal;
  /** Called when all is put back, before it is forgotten: the cluster's host container holds the volumes. */
  release?: () => Promise<void>;
}

/**
 * Puts the engine host back as the record says, once the cluster's networks are gone: the cluster's rules, and what all clusters share
 * unless another dind64 cluster or another network of the engine needs it. Then the record stays too, with the original values, for
 * whoever comes last. Safe after a crash at any point and when nothing was recorded.
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
  if (free.length > 0) await restoreShared(engine, baseImage, { clusterName, records: free }, signal);
  // Somebody may have made a network between the question and the answer: it gets back what it needs, and the record stays.
  const late = divide(free, await findDependents(engine, clusterName));
  if (late.kept.length > 0)
    await makeChanges(
      engine,
      baseImage,
      { clusterName, changes: late.kept.map(({ record }) => record.change), forwarding: true },
      signal,
    );
  await release?.();
  for (const record of [...rules, ...late.free]) await forgetHostChange(engine, record);
  return {
    restored: [...rules, ...late.free].map(({ change }) => change),
    kept: [...kept, ...late.kept].map(({ record: { change }, reason }) => ({
      change,
      reason,
      text: `${describeChange(change)}: left as it is, because ${reason}`,
    })),
  };
}

type SharedRecord = RecordedChange & { change: SharedChange };
interface Dependents {
  ipv4: string | undefined;
  ipv6: string | undefined;
}

function isShared(record: RecordedChange): record is SharedRecord {
  return record.change.kind !== 'rules';
}

/** Who else needs forwarding of each family: another cluster by any object of its, or any other network. */
async function findDependents(engine: Engine, clusterName: string): Promise<Dependents> {
  const [networks, containers, volumes] = await Promise.all([
    engine.listNetworks(),
    engine.listContainers({ [labels.cluster]: undefined }),
    engine.listVolumes({ [labels.cluster]: undefined }),
  ]);
  // A command's own containers are no cluster: two `clean` at once would each take the other's for one, and both leave the host as it is.
  const lasting = containers.filter((container) => !isCommandsOwn(container));
  const otherCluster = [...networks, ...lasting, ...volumes]
    .map((object) => object.labels[labels.cluster])
    .find((name) => name !== undefined && name !== clusterName);
  const others = networks.filter(
    (network) => network.labels[labels.cluster] !== clusterName && !['host', 'null'].includes(network.driver),
  );
  const needs = (network: { name: string } | undefined, family: string): string | undefined =>
    otherCluster !== undefined
      ? `the cluster ${otherCluster} needs it`
      : network === undefined
        ? undefined
        : `the engine's ${family} network ${network.name} needs it`;
  return {
    ipv4: needs(
      others.find((network) => network.ipv4Enabled),
      'IPv4',
    ),
    ipv6: needs(
      others.find((network) => network.ipv6Enabled),
      'IPv6',
    ),
  };
}

function divide(
  records: SharedRecord[],
  dependents: Dependents,
): { free: SharedRecord[]; kept: { record: SharedRecord; reason: string }[] } {
  const reasonFor = ({ change }: SharedRecord): string | undefined =>
    change.kind === 'ipv4-forwarding' || (change.kind === 'forward-policy' && change.family === 4)
      ? dependents.ipv4
      : dependents.ipv6;
  return {
    free: records.filter((record) => reasonFor(record) === undefined),
    kept: records.flatMap((record) => {
      const reason = reasonFor(record);
      return reason === undefined ? [] : [{ record, reason }];
    }),
  };
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
