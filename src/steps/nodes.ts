import { readHarness } from '../images/harness.js';
import { labels } from '../labels.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import { renderNodeFiles, renderNodeNetworkFiles } from '../render/node-files.js';
import { scaleLimit } from '../wait.js';
import { adminKubeconfig } from '../cluster/run-kubectl.js';
import { removeSurplusWorkers } from './surplus-workers.js';
import { controlPlaneFiles, isKubeadmDone } from './control-plane.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { ensureContainer, type Outcome } from '../cluster/ensure-container.js';
import { applyNodeNetwork } from '../cluster/node-network.js';
import type { RemovalStep, StepContext, UpStep } from '../cluster/step.js';

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

/** Without a finished control plane, workers of an earlier try have joined nothing that will exist. */
async function removeUnfinished({ engine, plan, signal }: StepContext): Promise<void> {
  const done = await Promise.all(plan.nodes.map((node) => isKubeadmDone(engine, node.name)));
  const controlPlane = controlPlaneOf(plan);
  const controlPlaneDone = done[plan.nodes.indexOf(controlPlane)] === true;
  const unfinished = plan.nodes.filter((_, index) => !controlPlaneDone || done[index] !== true);
  const existing = (await engine.listContainers({ [labels.cluster]: plan.clusterName }))
    .filter(isNode)
    .map((container) => container.name);
  await Promise.all(
    unfinished
      .filter((node) => existing.includes(node.name))
      .map(async (node) => {
        await engine.removeContainer(node.name);
        // Its Node object may be there already, and kubeadm refuses to join under the name of a Ready node.
        if (controlPlaneDone) await forgetNode(plan, engine, node, signal);
      }),
  );
}

async function forgetNode(
  plan: ClusterPlan,
  engine: StepContext['engine'],
  node: NodePlan,
  signal: AbortSignal,
): Promise<void> {
  const argv = [
    'kubectl',
    `--kubeconfig=${adminKubeconfig}`,
    `--request-timeout=${scaleLimit(10_000, plan.timeoutMs)}ms`,
    'delete',
    'node',
    node.name,
    '--ignore-not-found',
  ];
  await engine.exec(controlPlaneOf(plan).name, argv, { signal });
}
