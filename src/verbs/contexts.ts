import type { Engine } from '../engine/types.js';
import { readCaBundle } from '../images/ca-bundle.js';
import type { ImageContext } from '../images/context.js';
import { ensureBaseImage } from '../images/ensure.js';
import { describeNetworks } from '../plan/networks.js';
import { createPlan } from '../plan/create-plan.js';
import { nameCluster } from '../plan/names.js';
import type { ClusterRecord, PlanInputs } from '../plan/record.js';
import { givenOfCluster, settingsOfCluster } from '../cluster/adopt.js';
import { firstRecord, nextRecord } from '../cluster/record.js';
import { readOwnVersion } from '../version.js';
import type { Context } from '../cluster/context.js';
import type { RemovalContext, StepContext } from '../cluster/step.js';
import type { Survey } from '../steps/survey.js';

/** What images/ needs of a context. */
export function imageContext(context: Context, engine: Engine): ImageContext {
  const { settings, paths, engine: engineEnv } = context.environment;
  return { engine, settings, paths, engineEnv, reporter: context.reporter, signal: context.signal };
}

/** What every step needs, `down` and `clean` included. `context` has the settings of the record. */
export function removalContext(
  context: Context,
  engine: Engine,
  record: ClusterRecord | undefined,
): RemovalContext & { record: ClusterRecord | undefined } {
  const { settings, paths } = context.environment;
  let base: Promise<string> | undefined;
  return {
    engine,
    clusterName: settings.clusterName,
    names: nameCluster(settings.clusterName),
    baseImage: () => (base ??= ensureBaseImage(imageContext(context, engine))),
    record,
    paths,
    kubeconfig: settings.kubeconfig,
    timeoutMs: settings.timeoutMs,
    reporter: context.reporter,
    log: context.log,
    signal: context.signal,
  };
}

/** What a step of `up` needs besides. */
export async function stepContext(context: Context, survey: Survey, record: ClusterRecord): Promise<StepContext> {
  return {
    ...removalContext(context, survey.engine, record),
    record,
    plan: createPlan(record),
    facts: survey.facts,
    info: survey.info,
    surroundings: {
      proxy: await readProxy(context, survey, record),
      caBundle: await readCaBundle(context.environment.engine),
    },
  };
}

/** The values that nodes get. A later `up` without them takes those that the control plane was made with. */
async function readProxy(context: Context, { engine }: Survey, record: ClusterRecord): Promise<Record<string, string>> {
  const { proxy } = context.environment.engine;
  if (Object.keys(proxy).length > 0 || record.proxy.length === 0) return proxy;
  const file = await engine.readFile(nameCluster(record.settings.clusterName).controlPlane, '/dind64/proxy.env');
  const lines = (file?.toString() ?? '').split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    lines
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const)
      .filter(([name]) => record.proxy.includes(name)),
  );
}

/** What the cluster will be, out of what was read and decided, and of what it is. */
export function composeRecord(
  { environment }: Pick<Context, 'environment'>,
  survey: Pick<Survey, 'addressing' | 'mtu' | 'hostChanges' | 'hostChangeVolumes' | 'record'> & {
    info: PlanInputs['engine'];
    facts: PlanInputs['facts'];
    networks: Parameters<typeof describeNetworks>[0];
  },
  { mode, images, digests, attached }: Pick<ClusterRecord, 'mode' | 'images' | 'digests' | 'attached'>,
): ClusterRecord {
  const { info, facts, record } = survey;
  const proxy = Object.keys(environment.engine.proxy);
  const content = {
    settings: settingsOfCluster(environment),
    addressing: survey.addressing,
    mode,
    images,
    digests,
    mtu: survey.mtu,
    engine: {
      cgroupVersion: info.cgroupVersion,
      storageDriver: info.storageDriver,
      backingFilesystem: info.backingFilesystem,
      userNamespaceRemap: info.userNamespaceRemap,
      firewallBackend: info.firewallBackend,
    },
    facts: { ipv6Loopback: facts.ipv6Loopback, bpf: facts.bpf },
    networks: describeNetworks(survey.networks),
    hostChanges: survey.hostChanges,
    hostChangeVolumes: survey.hostChangeVolumes,
    // Nodes keep those that they were made with.
    proxy: proxy.length === 0 ? (record?.proxy ?? []) : proxy,
    ...(attached === undefined ? {} : { attached }),
    hostRules: attached === undefined,
    dind64: readOwnVersion(),
    given: givenOfCluster(environment, record?.given),
  };
  return record === undefined ? firstRecord(content) : nextRecord(record, content);
}
