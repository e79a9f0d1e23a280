import { initConfigPath, waitForContainerd } from './control-plane.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { execInNode } from '../cluster/node.js';
import { kubectlInNode, runKubectl, waitForApi } from '../cluster/kubectl.js';
import { adminKubeconfig } from '../cluster/kubectl.js';
import { renderCorednsManifest } from '../render/coredns.js';
import { scaleLimit } from '../wait.js';
import type { StepContext, UpStep } from '../cluster/step.js';

/** CoreDNS, applied as soon as the API answers, while kubeadm still finishes. */
export const applyClusterDns: UpStep = {
  id: 'cluster-dns',
  title: 'cluster DNS',
  after: ['nodes'],
  run: async (context) => {
    const { engine, plan, signal } = context;
    const controlPlane = controlPlaneOf(plan).name;
    if (await hasCoredns(context)) return { result: 'unchanged' };
    await waitForContainerd(engine, controlPlane, plan.timeoutMs, signal);
    const print = ['kubeadm', 'init', 'phase', 'addon', 'coredns', `--config=${initConfigPath}`, '--print-manifest'];
    const manifest = renderCorednsManifest(
      await execInNode(engine, controlPlane, print, { doing: 'printing the CoreDNS manifests', signal }),
      plan,
    );
    await waitForApi(context);
    await kubectlInNode(context, 'installing CoreDNS', ['apply', '--server-side', '--force-conflicts', '-f', '-'], {
      stdin: manifest,
    });
    return { result: 'done' };
  },
};

async function hasCoredns({ engine, plan, signal }: StepContext): Promise<boolean> {
  const controlPlane = controlPlaneOf(plan).name;
  if ((await engine.readFile(controlPlane, adminKubeconfig)) === undefined) return false;
  const argv = ['-n', 'kube-system', 'get', 'deployment', 'coredns'];
  const requestMs = scaleLimit(5000, plan.timeoutMs);
  return (await runKubectl(engine, controlPlane, argv, { signal, limitMs: 0, requestMs })).exitCode === 0;
}
