import { adoptRecord } from '../cluster/adopt.js';
import type { Context } from '../cluster/context.js';
import { refuseForeignObjects } from '../cluster/foreign-objects.js';
import { chooseNodeNetwork, readKubeadmNetworking, requireKindNodes } from '../cluster/kind.js';
import { runKubectl } from '../cluster/kubectl.js';
import { withClusterLock } from '../cluster/lock.js';
import { runPhase } from '../cluster/phase.js';
import { readRecord, recoverRecord } from '../cluster/record.js';
import type { StepContext } from '../cluster/step.js';
import type { Engine } from '../engine/types.js';
import { CommandError, DindError } from '../errors.js';
import { readHostFacts } from '../host/facts.js';
import { ensureBuilt } from '../images/build-recipe.js';
import { readHelperRecipe } from '../images/catalog.js';
import { ensureBaseImage } from '../images/ensure.js';
import { reportWork } from '../images/report-work.js';
import { labels } from '../labels.js';
import { overlaps } from '../net/cidr.js';
import { chooseAttachedAddresses, describeAttachAgain, nameAttached } from '../plan/attached.js';
import { createPlan } from '../plan/create-plan.js';
import type { Addressing, Attached, ClusterImages, ClusterRecord } from '../plan/record.js';
import { parseClusterName } from '../settings/names.js';
import { attachSteps } from '../steps/lists.js';
import { decideMode } from '../steps/mode.js';
import { runSteps } from '../steps/run-steps.js';
import { composeRecord, imageContext, removalContext } from './contexts.js';
import { readDigests } from './up.js';
import { howTo } from '../how-to.js';

export interface AttachOptions {
  /** Name of the kind cluster, as `kind get clusters` gives it. */
  kind: string;
  /** Of the networks that its nodes share; needed only where there are several. */
  network?: string | undefined;
}

/**
 * Gives the pods of a kind cluster that is there DNS64 and NAT64, and proves it. Nothing of the cluster is made anew or restarted but CoreDNS's pods. Idempotent; a cluster that was deleted
 * and made again is attached to anew.
 */
export async function attach(given: Context, { kind, network }: AttachOptions): Promise<void> {
  const start = performance.now();
  const context = attachedContext(given, kind);
  const engine = await context.connect();
  const baseImage = await ensureBaseImage(imageContext(context, engine));
  const plan = await withClusterLock(context, engine, baseImage, async () => {
    const steps = await prepare(context, { engine, baseImage, kind, network });
    await runSteps(attachSteps, steps);
    return steps.plan;
  });
  const { clusterName, mode, nat64, dns64 } = plan;
  context.reporter.report({
    type: 'summary',
    title: `the kind cluster ${kind} has DNS64 and NAT64 after ${((performance.now() - start) / 1000).toFixed(1)} s`,
    lines: [
      mode.aaaa
        ? `AAAA use is on (${mode.reason}): IPv6 sites as the cluster reaches them, IPv4-only sites through NAT64 ${nat64.prefix}`
        : `AAAA use is off (${mode.reason}): every site that has IPv4 through NAT64 ${nat64.prefix}`,
      `Cluster DNS forwards to DNS64 at ${dns64.address}; NAT64 is at ${nat64.address}`,
      'Try next:',
      `  ${howTo('status', `DIND_CLUSTER_NAME=${clusterName}`)}`,
      `  ${howTo(`aaaa ${mode.aaaa ? 'off' : 'on '}`, `DIND_CLUSTER_NAME=${clusterName}`)}   # change the mode of the live cluster`,
      `  ${howTo(`detach --kind ${kind}`)}        # the cluster as it was`,
    ],
  });
}

/** The context of a command on what is attached to a kind cluster. Throws DindError `bad-cluster-name` for a name that dind64's objects cannot have. */
export function attachedContext(context: Context, kind: string): Context {
  let clusterName: string;
  try {
    clusterName = parseClusterName(nameAttached(kind));
  } catch (error) {
    throw new DindError({
      code: 'bad-cluster-name',
      source: 'user',
      exitCode: 2,
      doing: `naming what is attached to the kind cluster ${kind}`,
      observed: `${nameAttached(kind)}, the prefix of its containers, would be no DNS label of at most 40 characters`,
      hint: 'kind create cluster --name with lower-case letters, digits and hyphens, at most 35',
      cause: error,
    });
  }
  const { environment } = context;
  return { ...context, environment: { ...environment, settings: { ...environment.settings, clusterName } } };
}

type Request = AttachOptions & { engine: Engine; baseImage: string };

/** Facts and decisions first: what cannot be is refused before anything is changed. */
async function prepare(context: Context, request: Request): Promise<StepContext> {
  const { engine, baseImage } = request;
  const { clusterName } = context.environment.settings;
  await refuseForeignObjects(engine, clusterName, 0);
  await recoverRecord(engine, clusterName, baseImage);
  const record = await readRecord(engine, clusterName);
  if (record !== undefined && record.attached === undefined) throw ownCluster(engine, clusterName);
  const adopted = adoptRecord(context, record);
  const survey = await runPhase(context, 'survey', 'cluster and engine host', async () => {
    const found = await readCluster(adopted, request, record);
    const facts = await readHostFacts(engine, baseImage, { signal: context.signal });
    const again = (settings: string): string => describeAttachAgain(found, settings);
    const mode = await decideMode(adopted, { engine, baseImage, facts, record, again });
    return { value: { ...found, facts, mode }, text: `AAAA use ${mode.aaaa ? 'on' : 'off'} (${mode.reason})` };
  });
  const images = { ...(await ensureHelperImages(adopted, engine, baseImage)), ...survey.nodeImages };
  const info = await engine.info();
  const composed = composeRecord(
    adopted,
    { ...survey, info, hostChanges: [], hostChangeVolumes: [], record },
    { mode: survey.mode, images, digests: await readDigests(engine, images), attached: survey.attached },
  );
  const next: ClusterRecord = { ...composed, settings: { ...composed.settings, ...survey.settings } };
  return {
    ...removalContext(adopted, engine, next),
    record: next,
    plan: createPlan(next),
    facts: survey.facts,
    info,
    surroundings: { proxy: {}, caBundle: undefined },
  };
}

/** What the cluster is, by the engine and by its API. */
async function readCluster(context: Context, { engine, kind, network: wanted }: Request, record?: ClusterRecord) {
  const nodes = await requireKindNodes(engine, kind);
  const networks = await engine.listNetworks();
  const { network, cidr, nodes: onNetwork } = chooseNodeNetwork(nodes, networks, wanted);
  const controlPlane = nodes.find(({ labels: its }) => its[labels.role] === 'control-plane');
  const kubeadm = readKubeadmNetworking(await readKubeadmConfig(context, engine, controlPlane?.name ?? ''));
  const { settings, given } = context.environment;
  const nat64Prefix = given.has('nat64Prefix')
    ? settings.nat64Prefix
    : (record?.addressing.nat64Prefix ?? settings.nat64Prefix);
  const addressing: Addressing = {
    nodeCidr: cidr,
    podCidr: kubeadm.podCidr,
    serviceCidr: kubeadm.serviceCidr,
    nat64Prefix,
    apiPort: 0,
  };
  refusePrefix(kind, addressing, record);
  const attached: Attached = {
    of: 'kind',
    cluster: kind,
    network: network.name,
    ...chooseAttachedAddresses(kind, cidr),
    nodes: onNetwork,
    dualStack: kubeadm.dualStack,
  };
  return {
    networks,
    addressing,
    attached,
    mtu: Number(network.options['com.docker.network.driver.mtu'] ?? 1500),
    nodeImages: {
      api: '',
      node: controlPlane?.image ?? '',
      kubernetesVersion: kubeadm.kubernetesVersion,
      componentStore: '',
    },
    // What the cluster has, and not what `up` would make.
    settings: {
      numWorkers: onNetwork.filter(({ role }) => role === 'worker').length,
      k8sVersion: /^v?(\d+\.\d+)/.exec(kubeadm.kubernetesVersion)?.[1] ?? settings.k8sVersion,
      cni: { kind: 'none' as const },
    },
  };
}

async function readKubeadmConfig(context: Context, engine: Engine, controlPlane: string): Promise<string> {
  const argv = ['--namespace=kube-system', 'get', 'configmap', 'kubeadm-config'];
  const output = '--output=jsonpath={.data.ClusterConfiguration}';
  const { exitCode, stdout, stderr } = await runKubectl(engine, controlPlane, [...argv, output], {
    limitMs: context.environment.settings.timeoutMs,
    signal: context.signal,
  });
  if (exitCode === 0) return stdout;
  throw new CommandError({
    doing: "reading the cluster's CIDRs",
    where: controlPlane,
    argv: ['kubectl', ...argv],
    status: exitCode,
    output: stderr,
  });
}

/** NAT64's prefix must be nobody else's, and stays what it was. */
export function refusePrefix(kind: string, addressing: Addressing, record: ClusterRecord | undefined): void {
  const { nat64Prefix, nodeCidr, podCidr, serviceCidr } = addressing;
  const former = record?.addressing.nat64Prefix;
  if (former !== undefined && former !== nat64Prefix) {
    throw new DindError({
      code: 'attached-already',
      source: 'user',
      exitCode: 2,
      doing: `attaching to the kind cluster ${kind}`,
      observed: `it has NAT64 with the prefix ${former}, not ${nat64Prefix}`,
      hint: `leave DIND_NAT64_PREFIX out, or detach first: ${howTo(`detach --kind ${kind}`)}`,
    });
  }
  const others = { 'the network of its nodes': nodeCidr, 'its pods': podCidr, 'its services': serviceCidr };
  const taken = Object.entries(others).find(([, cidr]) => overlaps(cidr, nat64Prefix));
  if (taken === undefined) return;
  throw new DindError({
    code: 'prefix-overlap',
    source: 'user',
    exitCode: 2,
    doing: `attaching to the kind cluster ${kind}`,
    observed: `the NAT64 prefix ${nat64Prefix} overlaps ${taken[0]}, ${taken[1]}`,
    hint: 'choose another: DIND_NAT64_PREFIX=64:ff9b::/96, or a /96 of your own below fd00::/8',
  });
}

/** The base image and the two helpers alone; a cluster that is there needs no image of a node. */
async function ensureHelperImages(
  context: Context,
  engine: Engine,
  base: string,
): Promise<Pick<ClusterImages, 'base' | 'dns64' | 'nat64'>> {
  const inputs = imageContext(context, engine);
  const ensure = async (name: 'dns64' | 'nat64'): Promise<string> => {
    const recipe = await readHelperRecipe(name, base);
    return reportWork(context.reporter, { step: `image-${name}`, title: `image ${name}` }, async (observe) => ({
      value: recipe.reference,
      result: await ensureBuilt(inputs, recipe, observe),
    }));
  };
  const [dns64, nat64] = await Promise.all([ensure('dns64'), ensure('nat64')]);
  return { base, dns64, nat64 };
}

function ownCluster(engine: Engine, clusterName: string): DindError {
  return new DindError({
    code: 'name-taken',
    source: 'user',
    exitCode: 2,
    doing: `looking for the names of what is attached`,
    where: engine.endpoint,
    observed: `${clusterName} is a cluster that \`up\` made`,
    hint: `remove it (${howTo('clean', `DIND_CLUSTER_NAME=${clusterName}`)}), or give the kind cluster another name`,
  });
}
