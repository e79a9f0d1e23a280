import type { ClusterPlan } from '../plan/types.js';
import { howTo } from '../how-to.js';

export interface UpFacts {
  /** Settings of before that were not given now. */
  kept?: readonly string[];
  /** The engine's endpoint, as in `ssh://me@far`, where the API cannot be reached from here. */
  unreachableFrom?: string | undefined;
}

/** What people read at the end of `up`: the mode and why, how to use the cluster, what to try next. */
export function summarizeUp(plan: ClusterPlan, { kept = [], unreachableFrom }: UpFacts = {}): string[] {
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
    ...(unreachableFrom === undefined ? [] : explainFarEngine(unreachableFrom, plan)),
    `  kubectl --context ${plan.kubeconfig.context} get nodes -o wide     # or, without kubectl: ${howTo('kubectl get nodes -o wide')}`,
    'Try next:',
    `  ${howTo(`aaaa ${aaaa ? 'off' : 'on '}`)}   # change the mode of the live cluster`,
    `  ${howTo('status')}        # what runs and how it is`,
    `  ${howTo('clean')}         # remove everything, restore the host`,
  ];
}

/** The API listens on the loopback of the engine's machine and on the node network, and nowhere else. */
function explainFarEngine(endpoint: string, { api: { port }, nodeNetwork, clusterName }: ClusterPlan): string[] {
  const { protocol, hostname, username, port: sshPort } = new URL(endpoint);
  const isFar = ['ssh:', 'tcp:'].includes(protocol) && !/^(localhost|127\..*|\[::1\])$/.test(hostname);
  const host = `${username === '' ? '' : `${username}@`}${hostname.replace(/^\[(.*)\]$/, '$1')}`;
  return [
    '  # The API does not answer from here: it listens on the loopback of the engine host, and on the node network.',
    ...(isFar
      ? [
          `  ssh -N -L ${port}:127.0.0.1:${port} ${protocol === 'ssh:' && sshPort !== '' ? `-p ${sshPort} ` : ''}${host}     # keep this running`,
        ]
      : []),
    `  docker network connect ${nodeNetwork.name} <this container>     # in a container with the engine's socket; then run \`up\` again`,
    `  ${howTo('kubeconfig --internal')}     # for other containers on ${nodeNetwork.name}: the API as ${clusterName}-control-plane`,
  ];
}
