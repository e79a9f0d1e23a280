import { ensureCheckPod, removeCheckPod, type CheckPodTarget } from '../../checks/check-pod.js';
import { checkConnectivity } from '../../checks/connectivity.js';
import { assertEgress, describeVerdict, renderCheckSummary } from '../../checks/summary.js';
import type { Vantage } from '../../checks/vantage.js';
import type { Verdict } from '../../checks/verdict.js';
import { lendImage } from '../../cluster/lend-image.js';
import type { StepContext, UpStep } from '../../cluster/step.js';
import { DindError } from '../../errors.js';
import { findForeignForwardDrops } from '../../host/firewalls.js';
import { describeAttachAgain } from '../../plan/attached.js';
import { controlPlaneOf } from '../../plan/nodes.js';
import { scaleLimit } from '../../wait.js';

/** Success means that a pod reaches what the mode says, and that it has no other way than ours: a check that could not fail proves nothing. */
export const checkAttached: UpStep = {
  id: 'check',
  title: 'connectivity',
  after: ['cluster-dns'],
  run: async (context, observe) => {
    const { engine, plan, facts, reporter, signal } = context;
    const target = checkPodTarget(context);
    const unload = await lendImage(engine, { ...target, observe });
    try {
      const pod = await ensureCheckPod(target, { observe });
      const [verdict, ipv4] = await Promise.all([
        checkConnectivity({
          engine,
          plan,
          baseImage: plan.baseImage,
          cluster: { kind: 'pod', vantage: pod },
          node: target.node,
          foreignFirewalls: findForeignForwardDrops(facts).map(({ text }) => text),
          signal,
          observe,
        }),
        readIpv4(pod, signal),
      ]);
      assertAttached(context, verdict);
      for (const line of renderCheckSummary(verdict)) reporter.report({ type: 'notice', ...line });
      reporter.report({ type: 'notice', ...describeProof(verdict, ipv4) });
      return { result: 'done', text: describeVerdict(verdict) };
    } finally {
      const removing = { ...target, signal: AbortSignal.timeout(scaleLimit(5000, plan.timeoutMs)) };
      await removeCheckPod(removing).catch((error: unknown) => context.log.warn({ err: error }, 'the check pod stays'));
      await unload();
    }
  },
};

/** The pod's IPv4 addresses and routes but loopback's: empty in a pod of an IPv6-only cluster. */
async function readIpv4(pod: Vantage, signal: AbortSignal): Promise<string> {
  const { stdout } = await pod.execute(['bash', '-s'], {
    stdin: 'ip -4 -oneline address show scope global; ip -4 route',
    signal,
  });
  return stdout.trim();
}

/** Whether the check could have passed without NAT64. */
export function describeProof(
  verdict: Pick<Verdict, 'paths'>,
  ipv4: string,
): { level: 'info' | 'warning'; text: string } {
  if (ipv4 !== '')
    return {
      level: 'warning',
      text: 'pods have IPv4 as well (dual-stack), and prefer it for what has only A records: DNS64 gives them AAAA beside it, but what reaches an IPv4-only site proves nothing of IPv6',
    };
  if (verdict.paths.nat64 !== 'passed')
    return {
      level: 'warning',
      text: 'no target was reached through NAT64, so that way is not proven: name an IPv4-only site in DIND_CHECK_TARGETS',
    };
  return {
    level: 'info',
    text: 'not vacuous: the pod has no IPv4 address and no IPv4 route, and reached IPv4 by addresses of the NAT64 prefix alone',
  };
}

function assertAttached({ plan }: StepContext, verdict: Verdict): void {
  if (verdict.outcome !== 'failed') return;
  const broken = [...verdict.brokenParts, ...verdict.targets].find(({ hop }) => hop === 'node');
  if (broken === undefined) return assertEgress(verdict, plan);
  throw new DindError({
    code: 'cni-drops',
    source: 'environment',
    doing: 'checking the connectivity of pods',
    where: `cluster ${plan.clusterName}`,
    observed: broken.explanation,
    hint: `the CNI plugin stops what pods send, or sends it past the node's routes: its network policies, its own masquerade; then \`${describeAttachAgain(plan)}\``,
  });
}

function checkPodTarget({ engine, plan, signal }: StepContext): CheckPodTarget {
  const controlPlane = controlPlaneOf(plan).name;
  const node = plan.nodes.find(({ role }) => role === 'worker')?.name ?? controlPlane;
  return { engine, controlPlane, node, image: plan.baseImage, limitMs: plan.timeoutMs, signal };
}
