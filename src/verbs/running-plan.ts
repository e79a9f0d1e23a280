import type { Engine, EngineInfo } from '../engine/types.js';
import { labels } from '../labels.js';
import type { Addressing } from '../plan/addressing.js';
import { createPlan } from '../plan/create-plan.js';
import { nameCluster } from '../plan/names.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Context } from '../cluster/context.js';
import { readRunningMode } from '../cluster/helpers/dns64.js';
import { readWantedNat64Engine } from '../cluster/helpers/nat64.js';
import { listClusterContainers } from '../cluster/access.js';
import { removalContext } from './contexts.js';

/** What the engine tells of a cluster that is there. Facts of the engine host are read by those who need them: they cost a container. */
export interface RunningCluster {
  plan: ClusterPlan;
  info: EngineInfo;
}

/**
 * The plan of the cluster that runs: its own addresses, number of workers, images and mode, and not today's settings, which may be
 * meant for the next `up`. `undefined`: there is no such cluster.
 */
export async function planRunningCluster(context: Context, engine: Engine): Promise<RunningCluster | undefined> {
  const { settings, engine: engineEnvironment } = context.environment;
  const names = nameCluster(settings.clusterName);
  const [info, networks, containers, running, nat64Engine, base] = await Promise.all([
    engine.info(),
    engine.listNetworks(),
    listClusterContainers(engine, settings.clusterName, ['control-plane', 'worker', 'dns64', 'nat64', 'api']),
    readRunningMode(engine, names.dns64),
    readWantedNat64Engine(engine, names.nat64),
    removalContext(context, engine).baseImage(),
  ]);
  const network = networks.find(({ name }) => name === names.nodeNetwork);
  const recorded = network?.labels[labels.addressing];
  if (network === undefined || recorded === undefined) return undefined;
  const imageOf = (role: string): string =>
    containers.find((container) => container.labels[labels.role] === role)?.image ?? '';
  const plan = createPlan({
    settings: {
      ...settings,
      nat64Engine: undefined,
      numWorkers: containers.filter((container) => container.labels[labels.role] === 'worker').length,
    },
    addressing: JSON.parse(recorded) as Addressing,
    mode: running ?? { requested: 'false', aaaa: false, reason: 'the default' },
    facts: { ipv6Loopback: true, bpf: true },
    mtu: Number(network.options['com.docker.network.driver.mtu'] ?? 1500),
    hostChanges: [],
    nat64Engine,
    engine: info,
    networks,
    images: {
      base,
      dns64: imageOf('dns64'),
      nat64: imageOf('nat64'),
      api: imageOf('api'),
      node: imageOf('control-plane'),
      kubernetesVersion: '',
      componentStore: '',
    },
    proxy: engineEnvironment.proxy,
  });
  return { plan, info };
}
