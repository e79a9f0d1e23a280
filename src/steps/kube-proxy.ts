import { setTimeout as pause } from 'node:timers/promises';
import { controlPlaneOf } from '../plan/nodes.js';
import { kubectlInNode } from './in-node.js';
import { runKubectl } from './run-kubectl.js';
import type { StepContext, UpStep } from './step.js';

/**
 * Services answer on a node once kube-proxy runs there. A node that has just registered is given its pod at once, often before the kubelet has read the
 * services; it then refuses the container (`CreateContainerConfigError`) and looks again only 10 to 15 s later (kubelet, pod_workers.go). A change
 * of the pod makes it look at once. The step never fails: what really does not work, the connectivity check tells.
 */
export const waitForKubeProxy: UpStep = {
  id: 'kube-proxy',
  title: 'kube-proxy on all nodes',
  after: ['registered'],
  run: async (context) => {
    const daemonSets = await kubectlInNode(context, 'reading the daemon sets', ['get', 'daemonsets', '--namespace=kube-system', '-o', 'jsonpath={.items[*].metadata.name}']);
    if (!daemonSets.split(' ').includes('kube-proxy')) return { result: 'skipped', text: 'this cluster has none' };
    const missing = await waitForPods(context);
    return { result: 'done', ...(missing === undefined ? {} : { text: missing }) };
  },
};

interface ProxyPod {
  metadata: { name: string };
  spec: { nodeName?: string };
  status: { containerStatuses?: { ready?: boolean; state?: { waiting?: { reason?: string; message?: string } } }[] };
}

const pods = '/api/v1/namespaces/kube-system/pods';

/** Watches until each planned node has its pod running, for no longer than a wait may take; gives what is missing then. */
async function waitForPods(context: StepContext): Promise<string | undefined> {
  const { engine, plan, signal } = context;
  const seen = new Map<string, ProxyPod>();
  const complete = new AbortController();
  const limit = AbortSignal.timeout(plan.timeoutMs);
  const open = (): string[] => plan.nodes.map(({ name }) => name).filter((name) => seen.get(name)?.status.containerStatuses?.[0]?.ready !== true);
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr' || !line.startsWith('{')) return;
    const { type, object } = JSON.parse(line) as { type: string; object: ProxyPod };
    if (type === 'ERROR' || object.spec.nodeName === undefined) return;
    if (type === 'DELETED') seen.delete(object.spec.nodeName);
    else seen.set(object.spec.nodeName, object);
    if (open().length === 0) complete.abort();
  };
  const over = AbortSignal.any([signal, complete.signal, limit]);
  const nudging = nudge(context, () => open().flatMap((name) => seen.get(name) ?? []), over);
  // A watch ends by itself now and then; each begins with the state at its time.
  while (!over.aborted) {
    await runKubectl(engine, controlPlaneOf(plan).name, ['get', '--raw', `${pods}?watch=1&labelSelector=k8s-app%3Dkube-proxy`], { signal: over, onLine, limitMs: plan.timeoutMs })
      .catch((error: unknown) => { if (!over.aborted) throw error; });
  }
  await nudging;
  signal.throwIfAborted();
  const missing = open().map((name) => `${name} (${seen.get(name)?.status.containerStatuses?.[0]?.state?.waiting?.reason ?? 'no pod'})`);
  return missing.length === 0 ? undefined : `not yet on ${missing.join(', ')}`;
}

/** Again and again while the kubelet says that it has not read the services: it may not have at the first nudge. */
async function nudge(context: StepContext, waiting: () => ProxyPod[], over: AbortSignal): Promise<void> {
  for (let count = 1; !over.aborted; count += 1) {
    await pause(nudgeMs, undefined, { signal: over }).catch(() => undefined);
    const refused = waiting().filter(({ status }) => /services have not yet been read/.test(status.containerStatuses?.[0]?.state?.waiting?.message ?? ''));
    await Promise.all(refused.map(async ({ metadata }) => {
      const argv = ['annotate', '--overwrite', '--namespace=kube-system', 'pod', metadata.name, `dind64.dev/look-again=${count}`];
      await runKubectl(context.engine, controlPlaneOf(context.plan).name, argv, { signal: over, limitMs: 0 }).catch(() => undefined);
    }));
  }
}

const nudgeMs = 500;
