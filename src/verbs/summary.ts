import type { ClusterPlan } from '../plan/types.js';

/** What people read at the end of `up`: the mode and why, how to use the cluster, what to try next. `endpoint`: the engine's, as in `ssh://me@far`; `kept`: settings of before that were not given now. */
export function summarizeUp(plan: ClusterPlan, endpoint: string, kept: readonly string[] = []): string[] {
  const { aaaa, reason } = plan.mode;
  return [
    `Kubernetes ${plan.kubernetesVersion}, ${plan.nodes.length} ${plan.nodes.length === 1 ? 'node' : 'nodes'}, IPv6 only: nodes ${plan.nodeNetwork.cidr}, pods ${plan.podCidr}, services ${plan.serviceCidr}`,
    aaaa
      ? `AAAA use is on (${reason}): IPv6 sites are reached directly, IPv4-only sites through NAT64 ${plan.nat64.prefix}`
      : `AAAA use is off (${reason}): every external site is reached as IPv4 through NAT64 ${plan.nat64.prefix}`,
    ...(kept.length === 0 ? [] : [`Kept from before, since not given now: ${kept.join(', ')}`]),
    ...(plan.checkTargets === 'none' ? ['Egress was not checked (DIND_CHECK_TARGETS=none)'] : []),
    ...(plan.cni.kind === 'none' ? ['Not checked, since DIND_CNI=none: nodes Ready, cluster DNS, egress of pods'] : []),
    '',
    'Use it:',
    ...explainFarEngine(endpoint, plan.api.port),
    `  kubectl --context ${plan.kubeconfig.context} get nodes -o wide     # or, without kubectl: npm run kubectl -- get nodes -o wide`,
    'Try next:',
    `  npm run aaaa -- ${aaaa ? 'off' : 'on '}   # change the mode of the live cluster`,
    '  npm run status        # what runs and how it is',
    '  npm run clean         # remove everything, restore the host',
  ];
}

/** The API listens on the loopback of the engine's machine and nowhere else; kubeconfig names the loopback of this one. */
function explainFarEngine(endpoint: string, port: number): string[] {
  const { protocol, hostname, username, port: sshPort } = new URL(endpoint);
  if (!['ssh:', 'tcp:'].includes(protocol) || /^(localhost|127\..*|\[::1\])$/.test(hostname)) return [];
  const host = `${username === '' ? '' : `${username}@`}${hostname.replace(/^\[(.*)\]$/, '$1')}`;
  return [
    `  ssh -N -L ${port}:127.0.0.1:${port} ${protocol === 'ssh:' && sshPort !== '' ? `-p ${sshPort} ` : ''}${host}     # the API listens on the loopback of the engine's machine: keep this running`,
  ];
}
