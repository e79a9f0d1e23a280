import { kubectlInNode, waitForApi } from '../cluster/kubectl.js';
import type { StepContext } from '../cluster/step.js';
import type { ContainerState } from '../engine/types.js';
import { labels } from '../labels.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { scaleLimit } from '../wait.js';
import { isKubeadmDone } from './control-plane.js';

const drainMs = 60_000;

/**
 * Workers that the cluster is no longer to have: drained, then their Node objects and containers go. Where pods do not leave in time (a
 * PodDisruptionBudget), nothing is removed and the error is kubectl's. Without an API there is nothing to drain. Gives their names.
 */
export async function removeSurplusWorkers(context: StepContext, observe: (text: string) => void): Promise<string[]> {
  const { engine, plan } = context;
  const surplus = (await engine.listContainers({ [labels.cluster]: plan.clusterName, [labels.role]: 'worker' })).filter(
    ({ name }) => !plan.nodes.some((node) => node.name === name),
  );
  if (surplus.length === 0) return [];
  if (await startControlPlane(context)) await drain(context, surplus, observe);
  for (const { name } of surplus) await engine.removeContainer(name);
  return surplus.map(({ name }) => name);
}

/** `false`: there is none that has been finished. */
async function startControlPlane(context: StepContext): Promise<boolean> {
  const { engine, plan } = context;
  const { name } = controlPlaneOf(plan);
  if (!(await isKubeadmDone(engine, name))) return false;
  const status = (await engine.findContainer(name))?.status;
  if (status === 'paused') await engine.unpauseContainer(name);
  else if (status !== 'running') await engine.startContainer(name);
  await waitForApi(context);
  return true;
}

async function drain(context: StepContext, surplus: ContainerState[], observe: (text: string) => void): Promise<void> {
  const names = surplus.map(({ name }) => name);
  const listed = await kubectlInNode(context, 'listing the nodes', ['get', 'nodes', '-o', 'name']);
  const registered = names.filter((name) => listed.split('\n').includes(`node/${name}`));
  if (registered.length === 0) return;
  observe(`draining ${registered.join(', ')}`);
  const limit = Math.round(scaleLimit(drainMs, context.plan.timeoutMs) / 1000);
  await kubectlInNode(context, `draining ${registered.join(', ')}`, [
    'drain',
    ...registered,
    '--ignore-daemonsets',
    '--delete-emptydir-data',
    '--force',
    `--timeout=${limit}s`,
  ]);
  await kubectlInNode(context, `removing the Node objects of ${registered.join(', ')}`, [
    'delete',
    'node',
    ...registered,
    '--ignore-not-found',
  ]);
}
