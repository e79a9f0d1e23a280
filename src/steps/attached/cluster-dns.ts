import { listKindNodes } from '../../cluster/kind.js';
import { adminKubeconfig, kubectlInNode, type ControlPlaneAccess } from '../../cluster/kubectl.js';
import { waitInNode } from '../../cluster/node.js';
import type { RemovalStep, StepContext, UpStep } from '../../cluster/step.js';
import { DindError } from '../../errors.js';
import { labels } from '../../labels.js';
import { kindClusterOf } from '../../plan/attached.js';
import { controlPlaneOf } from '../../plan/nodes.js';
import { findForwardTarget, redirectForward, restoreForward } from '../../render/corefile-forward.js';

/** On the ConfigMap: the Corefile as it was before. */
const originalAnnotation = 'dev.dind64/corefile';
/** On the pods of CoreDNS: where they forward and in which mode, so that a change of either starts them anew, without what they have cached; without it they are those of before. */
const stateAnnotation = 'dev.dind64/cluster-dns';

const configMap = ['--namespace=kube-system', 'configmap', 'coredns'];
const deployment = ['--namespace=kube-system', 'deployment', 'coredns'];

interface Coredns {
  metadata: { annotations?: Record<string, string> };
  data?: { Corefile?: string };
}

/** Only the targets of the Corefile's one `forward .` line are changed, so that the cluster's own names are answered as before. */
export const forwardClusterDns: UpStep = {
  id: 'cluster-dns',
  title: 'cluster DNS forwards to DNS64',
  after: ['dns64', 'nat64', 'nodes'],
  run: async (context) => {
    const { plan } = context;
    const corefile = (await readCoredns(context)).data?.Corefile ?? '';
    const isRedirected = findForwardTarget(corefile) === plan.dns64.address;
    if (!isRedirected)
      await patch(context, 'letting cluster DNS forward to DNS64', configMap, {
        metadata: { annotations: { [originalAnnotation]: corefile } },
        data: { Corefile: redirectForward(corefile, plan.dns64.address) },
      });
    const renewed = await renewClusterDns(context);
    return { result: isRedirected && !renewed ? 'unchanged' : 'done', text: plan.dns64.address };
  },
};

/** Lets CoreDNS start anew where it has another state than the plan's: it caches names for half a minute. Says whether it did. */
export async function renewClusterDns(context: Pick<StepContext, 'engine' | 'plan' | 'signal'>): Promise<boolean> {
  const { dns64, mode } = context.plan;
  const state = `${dns64.address}, AAAA use ${mode.aaaa ? 'on' : 'off'}`;
  return annotatePods(context, state);
}

/** The Corefile and the pods of before; a cluster that is gone, or was made anew, needs nothing. */
export const restoreClusterDns: RemovalStep = {
  id: 'cluster-dns',
  title: 'cluster DNS as it was',
  after: [],
  run: async ({ engine, clusterName, reporter, signal, timeoutMs }) => {
    const nodes = await listKindNodes(engine, kindClusterOf(clusterName));
    const controlPlane = nodes.find(({ labels: its }) => its[labels.role] === 'control-plane');
    if (controlPlane === undefined) return { result: 'skipped', text: 'the cluster is gone' };
    if (controlPlane.status !== 'running') throw controlPlaneStopped(controlPlane.name, controlPlane.status);
    const context = {
      engine,
      signal,
      plan: { timeoutMs, nodes: [{ name: controlPlane.name, role: 'control-plane' as const }] },
    };
    const { metadata, data } = await readCoredns(context);
    const original = metadata.annotations?.[originalAnnotation];
    if (original !== undefined) {
      const restored = restoreForward(data?.Corefile ?? '', original);
      if (restored === undefined)
        reporter.report({
          type: 'notice',
          level: 'warning',
          text: 'the Corefile has no single `forward .` line any more and is left as it is',
        });
      await patch(context, 'putting the Corefile back', configMap, {
        metadata: { annotations: { [originalAnnotation]: null } },
        ...(restored === undefined ? {} : { data: { Corefile: restored } }),
      });
    }
    const renewed = await annotatePods(context, null);
    return { result: original === undefined && !renewed ? 'unchanged' : 'done' };
  },
};

/** With the annotation as it was, Kubernetes goes back to the pods of before. */
async function annotatePods(context: ControlPlaneAccess, state: string | null): Promise<boolean> {
  const said = await patch(context, 'starting CoreDNS anew', deployment, {
    spec: { template: { metadata: { annotations: { [stateAnnotation]: state } } } },
  });
  const { engine, plan, signal } = context;
  const seconds = Math.ceil(plan.timeoutMs / 1000);
  const argv = ['kubectl', `--kubeconfig=${adminKubeconfig}`, 'rollout', 'status', ...deployment];
  await waitInNode(engine, controlPlaneOf(plan).name, [...argv, `--timeout=${seconds}s`], {
    condition: 'CoreDNS is ready',
    limitMs: plan.timeoutMs,
    signal,
  });
  return !said.includes('(no change)');
}

async function readCoredns(context: ControlPlaneAccess): Promise<Coredns> {
  const doing = "reading the cluster's Corefile";
  return JSON.parse(await kubectlInNode(context, doing, ['get', ...configMap, '--output=json'])) as Coredns;
}

async function patch(
  context: ControlPlaneAccess,
  doing: string,
  object: readonly string[],
  change: unknown,
): Promise<string> {
  return kubectlInNode(context, doing, ['patch', ...object, '--type=merge', `--patch=${JSON.stringify(change)}`]);
}

function controlPlaneStopped(name: string, status: string): DindError {
  return new DindError({
    code: 'nodes-stopped',
    source: 'user',
    doing: 'putting the Corefile back',
    where: name,
    observed: `the control plane is ${status}, and cluster DNS would go on to forward to DNS64`,
    hint: `docker start ${name}, or delete the cluster; then detach again`,
  });
}
