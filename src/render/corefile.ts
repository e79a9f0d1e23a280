import type { ClusterPlan } from '../plan/types.js';

/**
 * CoreDNS: cluster.local and the reverse zones as kubeadm sets them; everything else goes to DNS64. Nothing is cached here, so that
 * a switch of the mode leaves no stale answer: DNS64 keeps the only cache, and an ExternalName service's answer has addresses from there.
 * HTTPS and SVCB records are not there: they have addresses in them that AAAA would not give (decision 34). `max_fails 0`: with one upstream,
 * marking it as down would only add failures.
 */
export function renderCorefile(plan: Pick<ClusterPlan, 'dns64'>): string {
  return `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    template IN HTTPS {
       authority ". 30 IN SOA dind64. dind64. 1 30 30 30 30"
    }
    template IN SVCB {
       authority ". 30 IN SOA dind64. dind64. 1 30 30 30 30"
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . ${plan.dns64.address} {
       max_concurrent 1000
       max_fails 0
    }
    loop
    reload
    loadbalance
}
`;
}
