import { controlPlaneOf } from './control-plane.js';
import { adminKubeconfig, kubectlInNode, waitInNode } from './in-node.js';
import type { StepContext, UpStep } from './step.js';

/** A join that has ended does not mean that the kubelet has made its Node object yet. */
export const waitForNodes: UpStep = {
  id: 'registered',
  title: 'nodes registered',
  after: ['workers'],
  run: async (context) => {
    const { engine, plan, signal } = context;
    // One name a call: with several, kubectl gives up at the first that is not there yet.
    const script = 'for node; do kubectl "--kubeconfig=$KUBECONFIG" wait --for=create "$node" "$TIMEOUT" || exit 1; done';
    const env = { KUBECONFIG: adminKubeconfig, TIMEOUT: `--timeout=${Math.ceil(plan.timeoutMs / 1000)}s` };
    await waitInNode(engine, controlPlaneOf(plan).name, { condition: 'all nodes have registered', limitMs: plan.timeoutMs }, ['sh', '-c', script, 'wait-for-nodes', ...nodeNames(context)], { env, signal });
    return { result: 'done' };
  },
};

/** Every node has its planned pod CIDR in the API too, as tools read it there; the controller manager gives none out (render/kubeadm.ts). */
export const recordPodCidrs: UpStep = {
  id: 'pod-cidrs',
  title: 'pod CIDRs',
  after: ['registered'],
  run: async (context) => {
    const { engine, plan, signal } = context;
    const controlPlane = controlPlaneOf(plan).name;
    const listed = await kubectlInNode(engine, controlPlane, 'reading the nodes', ['get', 'nodes', '-o', 'jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR}{"\\n"}{end}'], { signal });
    const present = new Map(listed.trim().split('\n').map((line) => line.split(' ') as [string, string]));
    const missing = plan.nodes.filter((node) => present.get(node.name) !== node.podCidr);
    await Promise.all(
      missing.map(async (node) => {
        const patch = JSON.stringify({ spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] } });
        await kubectlInNode(engine, controlPlane, `recording the pod CIDR of ${node.name}`, ['patch', 'node', node.name, '--type=merge', '-p', patch], { signal });
      }),
    );
    return { result: missing.length === 0 ? 'unchanged' : 'done' };
  },
};

/** All nodes Ready (with a CNI) and CoreDNS available, by watches. */
export const waitForReady: UpStep = {
  id: 'ready',
  title: 'nodes and cluster DNS ready',
  after: ['registered', 'cluster-dns', 'cni'],
  run: async (context) => {
    if (context.plan.cni.kind === 'none') return { result: 'skipped', text: 'DIND_CNI=none: nodes are Ready once you install a CNI' };
    await Promise.all([
      waitByKubectl(context, 'all nodes are Ready', [...nodeNames(context), '--for=condition=Ready']),
      waitByKubectl(context, 'CoreDNS is available', ['-n', 'kube-system', 'deployment/coredns', '--for=condition=Available']),
    ]);
    return { result: 'done' };
  },
};

function nodeNames({ plan }: StepContext): string[] {
  return plan.nodes.map((node) => `node/${node.name}`);
}

async function waitByKubectl({ engine, plan, signal }: StepContext, condition: string, argv: string[]): Promise<void> {
  const kubectl = ['kubectl', `--kubeconfig=${adminKubeconfig}`, 'wait', `--timeout=${Math.ceil(plan.timeoutMs / 1000)}s`];
  await waitInNode(engine, controlPlaneOf(plan).name, { condition, limitMs: plan.timeoutMs }, [...kubectl, ...argv], { signal });
}
