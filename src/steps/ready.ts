import { kubectlInNode, waitByKubectl } from '../cluster/kubectl.js';
import type { StepContext, UpStep } from '../cluster/step.js';

/** A join that has ended does not mean that the kubelet has made its Node object yet. */
export const waitForNodes: UpStep = {
  id: 'registered',
  title: 'nodes registered',
  after: ['workers'],
  run: async (context) => {
    await waitByKubectl(context, 'all nodes have registered', { for: 'create', objects: nodeNames(context) });
    return { result: 'done' };
  },
};

/** Every node has its planned pod CIDR in the API too, as tools read it there; the controller manager gives none out (render/kubeadm.ts). */
export const recordPodCidrs: UpStep = {
  id: 'pod-cidrs',
  title: 'pod CIDRs',
  after: ['registered'],
  run: async (context) => {
    const { plan } = context;
    const listed = await kubectlInNode(context, 'reading the nodes', [
      'get',
      'nodes',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.spec.podCIDR}{"\\n"}{end}',
    ]);
    const present = new Map(
      listed
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]),
    );
    const missing = plan.nodes.filter((node) => present.get(node.name) !== node.podCidr);
    await Promise.all(
      missing.map(async (node) => {
        const patch = JSON.stringify({ spec: { podCIDR: node.podCidr, podCIDRs: [node.podCidr] } });
        await kubectlInNode(context, `recording the pod CIDR of ${node.name}`, [
          'patch',
          'node',
          node.name,
          '--type=merge',
          '-p',
          patch,
        ]);
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
    if (context.plan.cni.kind === 'none')
      return { result: 'skipped', text: 'DIND_CNI=none: nodes are Ready once you install a CNI' };
    await Promise.all([
      waitByKubectl(context, 'all nodes are Ready', { for: 'condition=Ready', objects: nodeNames(context) }),
      waitByKubectl(context, 'CoreDNS is available', {
        for: 'condition=Available',
        objects: ['deployment/coredns'],
        namespace: 'kube-system',
      }),
    ]);
    return { result: 'done' };
  },
};

function nodeNames({ plan }: StepContext): string[] {
  return plan.nodes.map((node) => `node/${node.name}`);
}
