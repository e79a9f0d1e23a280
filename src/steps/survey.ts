import { DindError } from '../errors.js';
import { chooseMtu, planHostChanges } from '../host/changes.js';
import { findCidrConflicts, listTakenCidrs, nameCidrs } from '../host/conflicts.js';
import { readHostFacts } from '../host/facts.js';
import { describeShortMemory } from '../host/memory.js';
import { findFileSystem } from '../host/parse-facts.js';
import { listChangeVolumes, listSharedChangeVolumes } from '../host/record.js';
import { chooseCidrs } from '../plan/addressing.js';
import { nameCluster } from '../plan/names.js';
import type { Engine, EngineInfo, NetworkState } from '../engine/types.js';
import type { HostFacts, SharedChange } from '../plan/types.js';
import type { Addressing, OwnRecord } from '../plan/record.js';
import type { Context } from '../cluster/context.js';
import { refuseDifferences, type Made } from '../cluster/adopt.js';
import { listRecordedCidrs } from '../cluster/record.js';
import { refuseForeignObjects } from '../cluster/foreign-objects.js';

/** What is known of the engine and its host before anything is made: all that a plan needs but the images. */
export interface Survey {
  engine: Engine;
  info: EngineInfo;
  baseImage: string;
  facts: HostFacts;
  networks: NetworkState[];
  addressing: Addressing;
  mtu: number;
  hostChanges: SharedChange[];
  /** Of these changes and of those before, of other clusters too. */
  hostChangeVolumes: string[];
  /** What the cluster is, where there is one. */
  record: OwnRecord | undefined;
  made: Made;
}

/** Reads, decides and checks; changes nothing. Every conflict is reported at once. `context` has the settings of the record. */
export async function surveyHost(
  context: Context,
  { engine, baseImage, record }: Pick<Survey, 'engine' | 'baseImage' | 'record'>,
): Promise<Survey> {
  const { settings } = context.environment;
  const names = nameCluster(settings.clusterName);
  const [info, networks, controlPlane, changeVolumes] = await Promise.all([
    engine.info(),
    engine.listNetworks(),
    engine.findContainer(names.controlPlane),
    listSharedChangeVolumes(engine),
    refuseForeignObjects(engine, settings.clusterName, settings.numWorkers),
  ]);
  const made: Made = {
    networks: networks.some(({ name }) => name === names.nodeNetwork),
    nodes: controlPlane !== undefined,
  };
  if (record !== undefined) refuseDifferences(context.environment, record, made);
  const recorded = made.networks ? record?.addressing : undefined;
  const wantedPorts = [settings.apiPort ?? recorded?.apiPort].filter((port) => port !== undefined);
  const facts = await readHostFacts(engine, baseImage, { ports: wantedPorts, signal: context.signal });
  refuseWithoutIpv6(engine, facts);
  const shortMemory = describeShortMemory(info.memoryBytes, settings.numWorkers);
  if (shortMemory !== undefined) context.reporter.report({ type: 'notice', level: 'warning', text: shortMemory });
  const addressing =
    recorded ?? (await chooseAddressing(context, engine, { facts, networks, former: record?.addressing }));
  if (recorded === undefined) refuseConflicts(context, addressing, facts, networks);
  const hostChanges = planHostChanges(facts, info.firewallBackend);
  return {
    engine,
    info: { ...info, backingFilesystem: info.backingFilesystem ?? findFileSystem(facts, info.dataRoot) },
    baseImage,
    facts,
    networks,
    addressing,
    // What is made anew beside a network of before has to have its MTU; a change is told by `status`.
    mtu: (made.networks ? record?.mtu : undefined) ?? chooseMtu(facts),
    hostChanges,
    hostChangeVolumes: listChangeVolumes(changeVolumes, hostChanges),
    record,
    made,
  };
}

/** Of a cluster whose networks are not there (yet, or any more); those of a try before are taken again where they are free. */
async function chooseAddressing(
  context: Context,
  engine: Engine,
  { facts, networks, former }: { facts: HostFacts; networks: NetworkState[]; former: Addressing | undefined },
): Promise<Addressing> {
  const { settings } = context.environment;
  const taken = [...listTakenCidrs(facts, networks), ...(await listRecordedCidrs(engine, settings.clusterName))];
  const cidrs = chooseCidrs(settings, taken);
  const free = facts.freePorts[0];
  const apiPort = settings.apiPort ?? facts.freePorts.find((port) => port === former?.apiPort) ?? free;
  if (apiPort === undefined || facts.takenPorts.includes(apiPort)) {
    throw new DindError({
      code: 'port-taken',
      source: 'user',
      doing: 'choosing the port of the API',
      where: `127.0.0.1 of ${context.environment.engine.dockerHost ?? 'the engine host'}`,
      observed: `port ${apiPort ?? '?'} is taken`,
      hint: 'choose another DIND_API_PORT, or leave it out',
    });
  }
  return { ...cidrs, nat64Prefix: settings.nat64Prefix, apiPort };
}

function refuseWithoutIpv6(engine: Engine, facts: HostFacts): void {
  if (!facts.sysctls.ipv6Disabled) return;
  throw new DindError({
    code: 'ipv6-disabled',
    source: 'environment',
    doing: 'looking at the engine host',
    where: engine.endpoint,
    observed: 'IPv6 is switched off in its kernel',
    hint: 'take ipv6.disable=1 off the kernel command line, or set the sysctl net.ipv6.conf.all.disable_ipv6=0, and restart the engine',
  });
}

function refuseConflicts(context: Context, addressing: Addressing, facts: HostFacts, networks: NetworkState[]): void {
  const { settings } = context.environment;
  const names = nameCluster(settings.clusterName);
  const conflicts = findCidrConflicts({
    cidrs: nameCidrs(addressing),
    facts,
    networks,
    ownNetworks: [names.nodeNetwork, names.egressNetwork],
  });
  for (const { text } of conflicts.filter(({ severity }) => severity === 'covered'))
    context.reporter.report({ type: 'notice', level: 'warning', text });
  const taken = conflicts.filter(({ severity }) => severity === 'taken');
  if (taken.length === 0) return;
  throw new DindError({
    code: 'cidr-taken',
    source: 'user',
    exitCode: 2,
    doing: 'checking the CIDRs against the engine and its host',
    observed: taken.map(({ text }) => text).join('\n'),
    hint: `give free ones, for example ${taken[0]?.name ?? 'DIND_NODE_CIDR'}=fd00:64:1::/64, or another DIND_CLUSTER_NAME, whose CIDRs are derived from it`,
  });
}
