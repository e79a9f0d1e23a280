import { describeAttachAgain } from '../plan/attached.js';
import type { ClusterPlan } from '../plan/types.js';

/** What to do about a part of the way that is broken; `undefined`: its explanation says all. */
export function remedyOf(hop: string, plan: ClusterPlan): string | undefined {
  switch (hop) {
    case 'node':
    case 'host-rules':
      return `\`${describeAttachAgain(plan)}\` puts rules and routes right`;
    case 'dns64':
      return `docker logs ${plan.dns64.name}; resolvers of your own: DIND_DNS64_UPSTREAMS=192.0.2.53 ${describeAttachAgain(plan)}`;
    case 'nat64':
      return `docker logs ${plan.nat64.name}`;
    case 'cluster-dns':
      return plan.attached === undefined
        ? 'npm run kubectl -- -n kube-system logs -l k8s-app=kube-dns'
        : `kubectl --context ${plan.kubeconfig.context} -n kube-system logs -l k8s-app=kube-dns`;
    case 'uplink':
      return plan.mode.aaaa
        ? "restore the host's IPv6, or let dind64 see that it has none: npm run aaaa -- auto"
        : undefined;
    case 'mtu':
      if (plan.attached !== undefined) return undefined;
      return "the network's MTU is chosen at the first `up` from the host's uplinks: `npm run clean && npm run up` after an uplink or a VPN has changed";
    default:
      return undefined;
  }
}
