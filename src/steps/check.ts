import { ensureCheckPod, removeCheckPod, type CheckPodTarget } from '../checks/check-pod.js';
import { checkConnectivity } from '../checks/connectivity.js';
import { assertEgress, describeVerdict, renderCheckSummary } from '../checks/summary.js';
import { findForeignForwardDrops } from '../host/firewalls.js';
import { fromContainer } from '../checks/vantage.js';
import { scaleLimit } from '../wait.js';
import { controlPlaneOf } from '../plan/nodes.js';
import type { StepContext, UpStep } from '../cluster/step.js';

/** The check's pod starts on the first node that may have it, long before it is needed. */
export const startCheckPod: UpStep = {
  id: 'check-pod',
  title: 'pod of the connectivity check',
  after: ['registered', 'cni'],
  run: async (context, observe) => {
    if (context.plan.cni.kind === 'none')
      return { result: 'skipped', text: 'DIND_CNI=none: the check runs from a node' };
    await ensureCheckPod(checkPodTarget(context), { observe });
    return { result: 'done' };
  },
};

/** Success means success: `up` ends well only when pods reach what the mode says they reach. */
export const runCheck: UpStep = {
  id: 'check',
  title: 'connectivity',
  after: ['ready', 'kube-proxy', 'check-pod', 'dns64', 'nat64', 'api', 'host-rules', 'kubeconfig', 'pod-cidrs'],
  run: async (context, observe) => {
    const { engine, plan, facts, reporter, signal } = context;
    const target = checkPodTarget(context);
    const cluster =
      plan.cni.kind === 'none'
        ? { kind: 'node' as const, vantage: fromContainer(engine, target.node) }
        : { kind: 'pod' as const, vantage: await ensureCheckPod(target) };
    const foreignFirewalls = findForeignForwardDrops(facts).map(({ text }) => text);
    const verdict = await checkConnectivity({
      engine,
      plan,
      baseImage: plan.baseImage,
      cluster,
      node: target.node,
      foreignFirewalls,
      signal,
      observe,
    }).finally(() => forgetPod(context));
    assertEgress(verdict, plan);
    for (const line of renderCheckSummary(verdict)) reporter.report({ type: 'notice', ...line });
    return { result: 'done', text: describeVerdict(verdict) };
  },
};

/** Whatever came of the check, and if it was Ctrl-C: the pod goes. One that cannot be removed is no failure of `up`; it ends by itself within the hour. */
async function forgetPod(context: StepContext): Promise<void> {
  if (context.plan.cni.kind === 'none') return;
  await removeCheckPod({
    ...checkPodTarget(context),
    signal: AbortSignal.timeout(scaleLimit(5000, context.plan.timeoutMs)),
  }).catch((error: unknown) => context.log.warn({ err: error }, 'the check pod stays'));
}

function checkPodTarget({ engine, plan, signal }: StepContext): CheckPodTarget {
  const controlPlane = controlPlaneOf(plan).name;
  const node = plan.nodes.find((candidate) => candidate.role === 'worker')?.name ?? controlPlane;
  return { engine, controlPlane, node, image: plan.baseImage, limitMs: plan.timeoutMs, signal };
}
