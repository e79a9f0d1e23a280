import { readHostFacts } from '../host/facts.js';
import { describeUplinkChanges } from '../host/uplink-remarks.js';
import { readKubeconfigEntry } from '../kubeconfig/read.js';
import { isCommandsOwn, labels } from '../labels.js';
import { scaleLimit } from '../wait.js';
import { nameCluster } from '../plan/names.js';
import type { ClusterPlan } from '../plan/types.js';
import type { ContainerState, Engine } from '../engine/types.js';
import type { Context } from '../cluster/context.js';
import { runKubectl } from '../cluster/kubectl.js';
import type { ClusterStatus, Health } from '../results/status.js';
import { readGuard } from '../cluster/helpers/guard.js';
import { checkHelperHealth, type HelperHealth } from '../cluster/helpers/helper.js';
import { compareResolvers } from '../cluster/helpers/dns64.js';
import { listAllContainers } from '../cluster/access.js';
import { findLoosened } from '../cluster/loosened.js';
import { findDrift, findOtherSettings } from '../cluster/drift.js';
import { helperRoles } from '../plan/attached.js';
import { readRunningCluster } from '../cluster/running.js';
import type { ClusterRecord } from '../plan/record.js';
import { howTo } from '../how-to.js';

/** How long a look into a helper may take before it counts as a problem itself. */
const lookMs = 8000;

/** What runs and how it is: read from the record, the engine, the API and the engine host; changes nothing. */
export async function status(context: Context): Promise<ClusterStatus> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  const [info, running, containers, networks] = await Promise.all([
    engine.info(),
    readRunningCluster(context, engine),
    listAllContainers(engine, clusterName),
    engine.listNetworks(),
  ]);
  const { kubeconfig } = (running?.context ?? context).environment.settings;
  const files = kubeconfig === undefined ? context.environment.paths.kubeconfigs : [kubeconfig];
  const kubeconfigContext = readKubeconfigEntry({
    files,
    context: running?.plan.kubeconfig.context ?? nameCluster(clusterName).context,
  })?.context;
  const base = {
    cluster: clusterName,
    engine: { endpoint: engine.endpoint, version: info.version },
    kubeconfigContext,
  };
  if (running === undefined)
    return { ...base, exists: false, mode: undefined, nodes: [], helpers: [], hostRules: [], drift: [], remarks: [] };
  const { plan, record } = running;
  const { attached } = plan;
  const [nodes, helpers, host, loosened, remarks] = await Promise.all([
    readNodes(engine, plan, containers),
    readHelpers(engine, plan, containers),
    attached === undefined ? readHost(engine, plan, context.signal) : { hostRules: [] },
    attached === undefined ? [] : findLoosened(engine, plan, context.signal),
    readRemarks(engine, plan, containers, context.signal),
  ]);
  return {
    ...base,
    exists: true,
    mode: { aaaa: plan.mode.aaaa, reason: plan.mode.reason },
    ...(attached === undefined
      ? {}
      : {
          attached: {
            of: attached.of,
            cluster: attached.cluster,
            network: attached.network,
            dualStack: attached.dualStack,
          },
        }),
    nodes,
    helpers: helpers.map(({ facts, ...helper }) => helper),
    nat64: readNat64(plan, helpers),
    ...host,
    record: summarizeRecord(record),
    drift: [
      ...findDrift(record, plan, {
        containers: containers.filter((container) => !isCommandsOwn(container)),
        networks,
      }),
      ...loosened,
    ],
    remarks: [...remarks, ...findOtherSettings(context.environment, record)],
  };
}

/** What a user cares about. */
function summarizeRecord(record: ClusterRecord): NonNullable<ClusterStatus['record']> {
  const { settings, addressing, images, mtu, given, dind64, writtenAt, generation } = record;
  return {
    dind64,
    writtenAt,
    generation,
    kubernetesVersion: images.kubernetesVersion,
    nodeImage: images.node,
    workers: settings.numWorkers,
    addressing,
    mtu,
    cni: settings.cni.kind === 'manifest' ? settings.cni.source : settings.cni.kind,
    dns64Upstreams: settings.dns64Upstreams,
    dns64Nat64Zones: settings.dns64Nat64Zones,
    nat64Deny: settings.nat64Deny,
    snatAddress: settings.snatAddress,
    given,
  };
}

async function readNodes(
  engine: Engine,
  plan: ClusterPlan,
  containers: ContainerState[],
): Promise<ClusterStatus['nodes']> {
  const controlPlane = containers.find((container) => container.labels[labels.role] === 'control-plane');
  const ready =
    controlPlane?.status === 'running'
      ? await readReadiness(engine, controlPlane.name, scaleLimit(5000, plan.timeoutMs))
      : new Map<string, boolean>();
  return containers
    .filter((container) => ['control-plane', 'worker'].includes(container.labels[labels.role] ?? ''))
    .sort((one, other) => one.name.localeCompare(other.name))
    .map((container) => ({
      name: container.name,
      role: container.labels[labels.role] === 'control-plane' ? ('control-plane' as const) : ('worker' as const),
      address: plan.nodes.find((node) => node.name === container.name)?.address ?? '',
      health: healthOf(container),
      ready: ready.get(container.name),
    }));
}

/** Empty when the API does not answer in time: `ready` is unknown then. */
async function readReadiness(engine: Engine, controlPlane: string, limitMs: number): Promise<Map<string, boolean>> {
  const template = '{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const { exitCode, stdout } = await runKubectl(engine, controlPlane, ['get', 'nodes', '-o', `jsonpath=${template}`], {
    limitMs: 0,
    requestMs: limitMs,
  });
  if (exitCode !== 0) return new Map();
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name = '', condition]) => [name, condition === 'True']),
  );
}

type SeenHelper = ClusterStatus['helpers'][number] & { facts: HelperHealth['facts'] };

async function readHelpers(engine: Engine, plan: ClusterPlan, containers: ContainerState[]): Promise<SeenHelper[]> {
  return Promise.all(
    helperRoles(plan).map(async (role) => {
      const container = containers.find((candidate) => candidate.labels[labels.role] === role);
      const health = healthOf(container);
      const { problems, facts } = await checkHelperHealth(engine, plan[role].name, {
        limitMs: scaleLimit(lookMs, plan.timeoutMs),
      });
      return {
        name: plan[role].name,
        role,
        address: plan[role].address,
        health,
        facts,
        detail: problems.length === 0 ? undefined : problems.join('; '),
      };
    }),
  );
}

/** From what the container tells of itself (its dind64-health). */
function readNat64(plan: ClusterPlan, helpers: SeenHelper[]): ClusterStatus['nat64'] {
  const facts = helpers.find(({ role }) => role === 'nat64')?.facts ?? {};
  const engine = facts['engine'];
  if (engine !== 'ebpf' && engine !== 'tayga') return undefined;
  const packets = Object.entries(facts)
    .filter(([name]) => name.startsWith('packets-'))
    .map(([name, count]) => [name.slice('packets-'.length), Number(count)] as const);
  return {
    wanted: plan.nat64.engine,
    engine,
    reason: facts['engine-reason'] ?? '',
    tracked: Number(facts['tracked'] ?? 0),
    packets: Object.fromEntries(packets),
  };
}

/** The guard of the engine host, and what it guards. */
async function readHost(
  engine: Engine,
  plan: ClusterPlan,
  signal: AbortSignal,
): Promise<Pick<ClusterStatus, 'hostRules' | 'guard'>> {
  const { health, rules } = await readGuard(engine, plan, { limitMs: scaleLimit(lookMs, plan.timeoutMs), signal });
  const { mended } = health.facts;
  return {
    hostRules: rules,
    guard: {
      name: plan.host.container,
      health: health.status,
      ...(health.problems.length === 0 ? {} : { detail: health.problems.join('; ') }),
      ...(mended === undefined ? {} : { mended }),
    },
  };
}

/** What a user should know though nothing is broken. */
async function readRemarks(
  engine: Engine,
  plan: ClusterPlan,
  containers: ContainerState[],
  signal: AbortSignal,
): Promise<string[]> {
  const [facts, resolvers] = await Promise.all([
    readHostFacts(engine, plan.baseImage, { signal }),
    remarkResolvers(engine, plan, containers, signal),
  ]);
  // The networks of another tool have the MTU that it gave them.
  return [...(plan.attached === undefined ? describeUplinkChanges(plan, facts) : []), ...resolvers];
}

async function remarkResolvers(
  engine: Engine,
  plan: ClusterPlan,
  containers: ContainerState[],
  signal: AbortSignal,
): Promise<string[]> {
  if (healthOf(containers.find(({ name }) => name === plan.dns64.name)) !== 'running') return [];
  const { used, current, changed } = await compareResolvers(engine, plan, signal);
  return changed
    ? [`DNS64 asks ${used.join(', ')}; the engine host has ${current.join(', ')} now: \`${howTo('up')}\` renews it`]
    : [];
}

function healthOf(container: ContainerState | undefined): Health {
  if (container === undefined) return 'missing';
  if (container.status === 'running') return 'running';
  return container.status === 'paused' ? 'paused' : 'stopped';
}
