import { DindError } from '../errors.js';
import { chooseMtu, planHostChanges } from '../host/changes.js';
import { findCidrConflicts, listTakenCidrs, nameCidrs } from '../host/conflicts.js';
import { readHostFacts } from '../host/facts.js';
import { describeShortMemory } from '../host/memory.js';
import { findFileSystem } from '../host/parse-facts.js';
import { labels } from '../labels.js';
import { chooseCidrs, type Addressing } from '../plan/addressing.js';
import { nameCluster } from '../plan/names.js';
import type { Engine, EngineInfo, NetworkState } from '../engine/types.js';
import type { HostFacts, SharedChange } from '../plan/types.js';
import type { Nat64Engine } from '../settings/types.js';
import type { Context } from '../cluster/context.js';
import { readWantedNat64Engine } from '../cluster/helpers/nat64.js';
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
  /** What the cluster's NAT64 was last given. */
  nat64Engine: Nat64Engine | undefined;
  /** The node network is there already: the cluster is completed, not made. */
  exists: boolean;
}

/** Reads, decides and checks; changes nothing. Every conflict is reported at once. */
export async function surveyHost(context: Context, engine: Engine, baseImage: string): Promise<Survey> {
  const { settings } = context.environment;
  const [info, networks] = await Promise.all([
    engine.info(),
    engine.listNetworks(),
    refuseForeignObjects(engine, settings.clusterName, settings.numWorkers),
  ]);
  const recorded = readRecordedAddressing(networks, settings.clusterName);
  const wantedPorts = [settings.apiPort ?? recorded?.apiPort].filter((port) => port !== undefined);
  const facts = await readHostFacts(engine, baseImage, { ports: wantedPorts, signal: context.signal });
  refuseWithoutIpv6(engine, facts);
  const shortMemory = describeShortMemory(info.memoryBytes, settings.numWorkers);
  if (shortMemory !== undefined) context.reporter.report({ type: 'notice', level: 'warning', text: shortMemory });
  const addressing = recorded ?? chooseAddressing(context, facts, networks);
  if (recorded !== undefined) refuseOtherAddressing(context, recorded);
  else refuseConflicts(context, addressing, facts, networks);
  return {
    engine,
    info: { ...info, backingFilesystem: info.backingFilesystem ?? findFileSystem(facts, info.dataRoot) },
    baseImage,
    facts,
    networks,
    addressing,
    // What is made anew beside a network of before has to have its MTU; a change is told by `status`.
    mtu: readMtu(networks, settings.clusterName) ?? chooseMtu(facts),
    nat64Engine: await readWantedNat64Engine(engine, nameCluster(settings.clusterName).nat64),
    hostChanges: planHostChanges(facts, info.firewallBackend),
    exists: recorded !== undefined,
  };
}

function readRecordedAddressing(networks: NetworkState[], clusterName: string): Addressing | undefined {
  const text = networks.find((network) => network.name === nameCluster(clusterName).nodeNetwork)?.labels[
    labels.addressing
  ];
  return text === undefined ? undefined : (JSON.parse(text) as Addressing);
}

function readMtu(networks: NetworkState[], clusterName: string): number | undefined {
  const text = networks.find((network) => network.name === nameCluster(clusterName).nodeNetwork)?.options[
    'com.docker.network.driver.mtu'
  ];
  return text === undefined ? undefined : Number(text);
}

function chooseAddressing(context: Context, facts: HostFacts, networks: NetworkState[]): Addressing {
  const { settings } = context.environment;
  const cidrs = chooseCidrs(settings, listTakenCidrs(facts, networks));
  const apiPort = settings.apiPort ?? facts.freePorts[0];
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

/** A running cluster keeps its addresses: other ones in the settings cannot be meant for it. */
function refuseOtherAddressing({ environment: { settings } }: Context, recorded: Addressing): void {
  const wanted: [string, unknown, unknown][] = [
    ['DIND_NODE_CIDR', settings.nodeCidr, recorded.nodeCidr],
    ['DIND_POD_CIDR', settings.podCidr, recorded.podCidr],
    ['DIND_SERVICE_CIDR', settings.serviceCidr, recorded.serviceCidr],
    ['DIND_NAT64_PREFIX', settings.nat64Prefix, recorded.nat64Prefix],
    ['DIND_API_PORT', settings.apiPort, recorded.apiPort],
  ];
  const different = wanted.filter(([, asked, has]) => asked !== undefined && asked !== has);
  if (different.length === 0) return;
  throw new DindError({
    code: 'cluster-differs',
    source: 'user',
    exitCode: 2,
    doing: `completing the cluster ${settings.clusterName}`,
    observed: different
      .map(([name, asked, has]) => `it was made with ${name}=${String(has)}, not ${String(asked)}`)
      .join('; '),
    hint: 'take the setting back, run `npm run clean` first, or make a second cluster with another DIND_CLUSTER_NAME',
  });
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
