import type { Engine } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { ensureCheckPod, removeCheckPod } from './check-pod.js';
import { checkConnectivity } from './connectivity.js';
import { fromContainer, type Vantage } from './vantage.js';
import type { Verdict } from './verdict.js';

export interface CheckClusterRequest {
  engine: Engine;
  plan: Pick<ClusterPlan, 'mode' | 'checkTargets' | 'clusterDns' | 'dns64' | 'nat64' | 'timeoutMs' | 'nodes' | 'cni' | 'baseImage'>;
  foreignFirewalls?: readonly string[];
  signal: AbortSignal;
  observe?: (text: string) => void;
}

/**
 * The connectivity check of a cluster: from a pod on a worker (on the control plane where there is none), with DIND_CNI=none from that
 * node itself. The pod is gone afterwards, whatever happens. Throws as checkConnectivity and ensureCheckPod do; judge with assertEgress.
 */
export async function checkCluster(request: CheckClusterRequest): Promise<Verdict> {
  const place = podPlace(request);
  const check = (kind: 'pod' | 'node', vantage: Vantage): Promise<Verdict> =>
    checkConnectivity({ ...request, baseImage: request.plan.baseImage, cluster: { kind, vantage }, node: place.node });
  if (request.plan.cni.kind === 'none') return check('node', fromContainer(request.engine, place.node));
  try {
    return await check('pod', await ensureCheckPod(place, request.observe === undefined ? {} : { observe: request.observe }));
  } finally {
    // Also after Ctrl-C, and its failure must not hide the first error.
    await removeCheckPod({ ...place, signal: AbortSignal.timeout(5000) }).catch(() => undefined);
  }
}

/** For a step of `up` that makes the pod as soon as its node is Ready, so that the check finds it running. Nothing to do with DIND_CNI=none. */
export async function prepareCheckPod(request: CheckClusterRequest): Promise<void> {
  if (request.plan.cni.kind === 'none') return;
  await ensureCheckPod(podPlace(request), request.observe === undefined ? {} : { observe: request.observe });
}

function podPlace({ engine, plan, signal }: CheckClusterRequest): Parameters<typeof ensureCheckPod>[0] {
  const controlPlane = plan.nodes.find((node) => node.role === 'control-plane')?.name ?? '';
  const node = plan.nodes.find((one) => one.role === 'worker')?.name ?? controlPlane;
  return { engine, controlPlane, node, image: plan.baseImage, limitMs: Math.round(plan.timeoutMs / 5), signal };
}
