import { setTimeout as pause } from 'node:timers/promises';
import { kubectlInNode } from '../cluster/kubectl.js';
import type { StepContext, UpStep } from '../cluster/step.js';

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
    const daemonSets = await kubectlInNode(context, 'reading the daemon sets', [
      'get',
      'daemonsets',
      '--namespace=kube-system',
      '-o',
      'jsonpath={.items[*].metadata.name}',
    ]);
    if (!daemonSets.split(' ').includes('kube-proxy')) return { result: 'skipped', text: 'this cluster has none' };
    const missing = await waitForPods(context);
    return { result: 'done', text: missing };
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
  const { plan, signal } = context;
  const seen = new Map<string, ProxyPod>();
  const complete = new AbortController();
  const limit = AbortSignal.timeout(plan.timeoutMs);
  const open = (): string[] =>
    plan.nodes.map(({ name }) => name).filter((name) => stateOf(seen.get(name))?.ready !== true);
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr' || !line.startsWith('{')) return;
    const { type, object } = JSON.parse(line) as { type: string; object: ProxyPod };
    if (type === 'ERROR' || object.spec.nodeName === undefined) return;
    if (type === 'DELETED') seen.delete(object.spec.nodeName);
    else seen.set(object.spec.nodeName, object);
    if (open().length === 0) complete.abort();
  };
  const watching = { ...context, signal: AbortSignal.any([signal, complete.signal, limit]) };
  const nudging = nudge(watching, () => open().flatMap((name) => seen.get(name) ?? []));
  try {
    // A watch ends by itself now and then; each begins with the state at its time.
    while (!watching.signal.aborted)
      await kubectlInNode(
        watching,
        'watching kube-proxy',
        ['get', '--raw', `${pods}?watch=1&labelSelector=k8s-app%3Dkube-proxy`],
        { onLine },
      );
  } catch (error) {
    if (!watching.signal.aborted) throw error;
  } finally {
    complete.abort();
    await nudging;
  }
  signal.throwIfAborted();
  const missing = open().map((name) => `${name} (${stateOf(seen.get(name))?.state?.waiting?.reason ?? 'no pod'})`);
  return missing.length === 0 ? undefined : `not yet on ${missing.join(', ')}`;
}

/** Again and again while the kubelet says that it has not read the services: it may not have at the first nudge. */
async function nudge(context: StepContext, waiting: () => ProxyPod[]): Promise<void> {
  const { signal } = context;
  for (let count = 1; !signal.aborted; count += 1) {
    await pause(nudgeMs, undefined, { signal }).catch(() => undefined);
    const refused = waiting().filter((pod) =>
      /services have not yet been read/.test(stateOf(pod)?.state?.waiting?.message ?? ''),
    );
    await Promise.all(
      refused.map(async ({ metadata: { name } }) => {
        await kubectlInNode(context, `nudging ${name}`, [
          'annotate',
          '--overwrite',
          '--namespace=kube-system',
          'pod',
          name,
          `dind64.dev/look-again=${count}`,
        ]).catch(() => undefined);
      }),
    );
  }
}

function stateOf(pod: ProxyPod | undefined): NonNullable<ProxyPod['status']['containerStatuses']>[number] | undefined {
  return pod?.status.containerStatuses?.[0];
}

const nudgeMs = 500;
