import { controlPlaneOf, initConfigPath, waitForContainerd } from './control-plane.js';
import { adminKubeconfig, execInNode, kubectlInNode, waitInNode } from './in-node.js';
import { renderCorednsManifest } from '../render/coredns.js';
import type { StepContext, UpStep } from './step.js';

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
    const manifest = renderCorednsManifest(await execInNode(engine, controlPlane, 'printing the CoreDNS manifests', print, { signal }), plan);
    await waitForApi(context);
    await kubectlInNode(engine, controlPlane, 'installing CoreDNS', ['apply', '--server-side', '--force-conflicts', '-f', '-'], { stdin: manifest, signal });
    return { result: 'done' };
  },
};

/**
 * Until kubeadm has written the credentials and the API serves: one command in the node, so that no exec is paid a try. kubectl is not started
 * before something listens, and on a slow machine no more than half of the time: it would take the processor from the API server it waits for.
 */
export async function waitForApi({ engine, plan, signal }: StepContext): Promise<void> {
  const { name, address } = controlPlaneOf(plan);
  // kubeadm waits for half a minute at least, and its error says more than ours: it comes first.
  const limitMs = Math.max(plan.timeoutMs, 90_000);
  await waitInNode(engine, name, { condition: 'the API serves', limitMs }, ['bash', '-c', waitForApiScript, 'wait-for-api', address, String(Math.ceil(limitMs / 1000))], { signal });
}

const waitForApiScript = `began=\${EPOCHREALTIME/./}
until (exec 3<>"/dev/tcp/$1/6443") 2>/dev/null && kubectl --kubeconfig=${adminKubeconfig} --request-timeout=30s get --raw /readyz >/dev/null 2>&1; do
  [ $SECONDS -lt "$2" ] || exit 1
  sleep "$(( (\${EPOCHREALTIME/./} - began) / 1000000 )).2"
  began=\${EPOCHREALTIME/./}
done`;

async function hasCoredns({ engine, plan, signal }: StepContext): Promise<boolean> {
  const controlPlane = controlPlaneOf(plan).name;
  if ((await engine.readFile(controlPlane, adminKubeconfig)) === undefined) return false;
  const argv = ['kubectl', `--kubeconfig=${adminKubeconfig}`, '--request-timeout=5s', '-n', 'kube-system', 'get', 'deployment', 'coredns'];
  return (await engine.exec(controlPlane, argv, { signal })).exitCode === 0;
}
