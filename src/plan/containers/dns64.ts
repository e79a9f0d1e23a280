import type { NamedContainerSpec, PlanCore } from '../types.js';
import { planHelperContainer } from './helper.js';

/** DNS64: no capability at all, a user of its own; it serves on the node network and asks on the egress network. */
export function planDns64Container(plan: PlanCore): NamedContainerSpec {
  const helper = planHelperContainer(plan, 'dns64');
  return {
    ...helper,
    user: 'unbound',
    tmpfs: { '/run/dind64': 'mode=1777' },
    // Port 53 without CAP_NET_BIND_SERVICE.
    sysctls: { ...helper.sysctls, 'net.ipv4.ip_unprivileged_port_start': '0' },
  };
}
