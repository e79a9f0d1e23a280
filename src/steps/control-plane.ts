import { controlPlaneOf } from '../plan/nodes.js';
import { waitInNode } from '../cluster/node.js';
import { waitForApi } from '../cluster/kubectl.js';
import { runKubeadm } from '../cluster/node.js';
import { renderInitConfig, renderPatches } from '../render/kubeadm.js';
import type { Engine, FileEntry } from '../engine/types.js';
import type { ClusterPlan, NodePlan } from '../plan/types.js';
import type { UpStep } from '../cluster/step.js';

/** Written when kubeadm has finished on a node: one without it is made anew, never repaired. */
export const doneMarker = '/dind64/kubeadm-done';

export const initConfigPath = '/dind64/kubeadm.yaml';

/** `kubeadm init` on the control plane. CoreDNS follows as a step of its own, while kubeadm is still at work (cluster-dns.ts). */
export const initControlPlane: UpStep = {
  id: 'control-plane',
  title: 'control plane',
  after: ['nodes'],
  run: async (context, observe) => {
    const { engine, plan, signal, log } = context;
    const node = controlPlaneOf(plan);
    if (await isKubeadmDone(engine, node.name)) {
      // It may have been started just now.
      await waitForApi(context);
      return { result: 'unchanged' };
    }
    await waitForContainerd(engine, node.name, plan.timeoutMs, signal);
    const onLine = (line: string): void => {
      log.debug({ node: node.name }, line);
      const phase = /^\[([\w-]+)\]/.exec(line)?.[1];
      if (phase !== undefined) observe(`kubeadm: ${phase}`);
    };
    // No token is printed: what kubeadm says goes to the log file.
    const argv = ['init', `--config=${initConfigPath}`, '--skip-phases=addon/coredns', '--skip-token-print'];
    await runKubeadm(engine, node.name, argv, {
      doing: 'initializing the control plane',
      limitMs: plan.timeoutMs,
      signal,
      onLine,
    });
    await engine.putFiles(node.name, '/', [{ path: doneMarker.slice(1), content: '' }]);
    return { result: 'done', text: plan.kubernetesVersion };
  },
};

/** What the control plane's kubeadm is given, put in before the node starts. */
export function controlPlaneFiles(plan: ClusterPlan, node: NodePlan): FileEntry[] {
  return [
    { path: initConfigPath.slice(1), content: renderInitConfig(plan, node), mode: 0o600 },
    ...renderPatches(plan),
  ];
}

export async function isKubeadmDone(engine: Engine, node: string): Promise<boolean> {
  return (await engine.readFile(node, doneMarker)) !== undefined;
}

/** containerd's unit is of type notify, so its start job ends when it serves; systemd itself needs a moment before it takes jobs. */
export async function waitForContainerd(
  engine: Engine,
  node: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const script =
    'n=0; until systemctl start containerd.service 2>/dev/null; do n=$((n+1)); [ $n -ge "$1" ] && { systemctl status --no-pager containerd.service; exit 1; }; sleep 0.1; done';
  await waitInNode(engine, node, ['sh', '-c', script, 'wait-for-containerd', String(Math.ceil(limitMs / 100))], {
    condition: 'containerd serves',
    limitMs,
    signal,
  });
}
