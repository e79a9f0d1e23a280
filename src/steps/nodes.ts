import { readHarness } from '../images/harness.js';
import { labels } from '../labels.js';
import type { NodePlan } from '../plan/types.js';
import { renderNodeFiles, renderNodeNetworkFiles } from '../render/node-files.js';
import { scaleLimit } from '../wait.js';
import { runKubectl } from '../cluster/kubectl.js';
import { DindError } from '../errors.js';
import { removeSurplusWorkers } from './surplus-workers.js';
import { controlPlaneFiles, isKubeadmDone } from './control-plane.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { ensureContainer, type Outcome } from '../cluster/ensure-container.js';
import { applyNodeNetwork } from '../cluster/node.js';
import type { RemovalStep, StepContext, UpStep } from '../cluster/step.js';
import { howTo } from '../how-to.js';

/** All nodes at once, everything they need put in before they start. A node whose kubeadm did not finish is made anew. */
export const startNodes: UpStep = {
  id: 'nodes',
  title: 'nodes start',
  after: ['node-network'],
  run: async (context, observe) => {
    const removed = await removeSurplusWorkers(context, observe);
    await removeUnfinished(context);
    let started = 0;
    const outcomes = await Promise.all(
      context.plan.nodes.map(async (node) => {
        const outcome = await startNode(context, node);
        started += 1;
        observe(`${started} of ${context.plan.nodes.length}`);
        return outcome;
      }),
    );
    if (removed.length > 0) return { result: 'done', text: `${outcomes.length}; removed ${removed.join(', ')}` };
    return outcomes.every((outcome) => outcome === 'unchanged')
      ? { result: 'unchanged' }
      : { result: 'done', text: `${outcomes.length}` };
  },
};

export const removeNodes: RemovalStep = {
  id: 'nodes',
  title: 'nodes removed',
  after: [],
  run: async ({ engine, clusterName }, observe) => {
    const nodes = (await engine.listContainers({ [labels.cluster]: clusterName })).filter(isNode);
    await Promise.all(
      nodes.map(async (node) => {
        await engine.removeContainer(node.name);
        observe(node.name);
      }),
    );
    return nodes.length === 0 ? { result: 'unchanged' } : { result: 'done', text: String(nodes.length) };
  },
};

function isNode(container: { labels: Record<string, string> }): boolean {
  return ['control-plane', 'worker'].includes(container.labels[labels.role] ?? '');
}

async function startNode({ engine, plan, surroundings }: StepContext, node: NodePlan): Promise<Outcome> {
  if (node.container === undefined) throw new Error(`${node.name} is not dind64's to start`);
  const liveFiles = renderNodeNetworkFiles(plan, node);
  const own = node.role === 'control-plane' ? controlPlaneFiles(plan, node) : [];
  const outcome = await ensureContainer(engine, {
    spec: node.container,
    files: [...(await readHarness()), ...renderNodeFiles(plan, node, surroundings), ...own],
    liveFiles,
    directory: '/',
    replaceWhenDifferent: false,
  });
  if (outcome !== 'created') await applyNodeNetwork(engine, node, liveFiles);
  return outcome;
}

/**
 * What a killed `up` left half-made, and what is gone. Without a finished control plane, workers of an earlier try have joined nothing that will exist; with one, a
 * worker that is made anew must be forgotten first, since kubeadm refuses to join under the name of a node that is Ready.
 */
async function removeUnfinished(context: StepContext): Promise<void> {
  const { engine, plan } = context;
  const done = await Promise.all(plan.nodes.map((node) => isKubeadmDone(engine, node.name)));
  const controlPlane = controlPlaneOf(plan);
  const controlPlaneDone = done[plan.nodes.indexOf(controlPlane)] === true;
  if (!controlPlaneDone && done.includes(true)) throw controlPlaneLost(context, controlPlane);
  const unfinished = plan.nodes.filter((_, index) => !controlPlaneDone || done[index] !== true);
  const existing = (await engine.listContainers({ [labels.cluster]: plan.clusterName }))
    .filter(isNode)
    .map((container) => container.name);
  for (const { name } of unfinished) if (existing.includes(name)) await engine.removeContainer(name);
  if (controlPlaneDone && unfinished.length > 0) await forgetNodes(context, unfinished);
}

/** A control plane that does not run yet is not asked: a first `up` was killed then, and nothing has joined. */
async function forgetNodes({ engine, plan, signal }: StepContext, nodes: readonly NodePlan[]): Promise<void> {
  const { name } = controlPlaneOf(plan);
  if ((await engine.findContainer(name))?.status !== 'running') await engine.startContainer(name);
  const argv = ['delete', 'node', ...nodes.map((node) => node.name), '--ignore-not-found'];
  await runKubectl(engine, name, argv, {
    signal,
    limitMs: scaleLimit(30_000, plan.timeoutMs),
    requestMs: scaleLimit(10_000, plan.timeoutMs),
  });
}

function controlPlaneLost({ engine, plan }: StepContext, { name }: NodePlan): DindError {
  return new DindError({
    code: 'control-plane-lost',
    source: 'user',
    exitCode: 2,
    doing: `completing the cluster ${plan.clusterName}`,
    where: engine.endpoint,
    observed: `there are workers that have joined, and no control plane ${name} with what they joined: all that the cluster knew was in it`,
    hint: `make the nodes anew: ${howTo('down')} && ${howTo('up')}`,
  });
}
