import { howTo } from '../how-to.js';
import { describeAttachAgain, describeKubectl } from '../plan/attached.js';
import type { ClusterPlan } from '../plan/types.js';

/** What to do about a part of the way that is broken; `undefined`: its explanation says all. */
export function remedyOf(hop: string, plan: ClusterPlan): string | undefined {
  switch (hop) {
    case 'node':
    case 'host-rules':
      return `\`${describeAttachAgain(plan)}\` puts rules and routes right`;
    case 'dns64':
      return `docker logs ${plan.dns64.name}; resolvers of your own: ${describeAttachAgain(plan, 'DIND_DNS64_UPSTREAMS=192.0.2.53')}`;
    case 'nat64':
      return `docker logs ${plan.nat64.name}`;
    case 'cluster-dns':
      return describeKubectl(plan, '-n kube-system logs -l k8s-app=kube-dns');
    case 'uplink':
      return plan.mode.aaaa
        ? `restore the host's IPv6, or let dind64 see that it has none: ${howTo('aaaa auto')}`
        : undefined;
    case 'mtu':
      if (plan.attached !== undefined) return undefined;
      return `the network's MTU is chosen at the first \`up\` from the host's uplinks: \`${howTo('clean')} && ${howTo('up')}\` after an uplink or a VPN has changed`;
    default:
      return undefined;
  }
}
