import { labels } from '../../labels.js';
import type { BareNode, NamedContainerSpec, PlanCore } from '../types.js';

/**
 * What a privileged container could change for the whole machine: the engine's own list for all other containers (moby, daemon/pkg/oci/defaults.go), but
 * with the folders of /proc/sys one by one (sysctl(5)), since `net` is the node's own. systemd, its systemd-sysctl, the kubelet and whatever else an
 * image brings get "read-only file system", which they take for a container's (systemd) or do not meet (the entry point shows the kubelet its values).
 */
const machinePaths = [
  ...['bus', 'fs', 'irq', 'sysrq-trigger'].map((name) => `/proc/${name}`),
  ...['abi', 'crypto', 'debug', 'dev', 'fs', 'kernel', 'sunrpc', 'user', 'vm', 'xen'].map(
    (name) => `/proc/sys/${name}`,
  ),
];

/**
 * A node: privileged, as every Docker-in-Docker node is, since containerd and systemd run in it. Its entry point is ours: kind's
 * own one dies on a network without IPv4.
 */
export function planNodeContainer(plan: PlanCore, node: BareNode): NamedContainerSpec {
  return {
    name: node.name,
    hostname: node.name,
    image: plan.nodeImage,
    entrypoint: ['/dind64/entrypoint'],
    env: { container: 'docker' },
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: node.role, [labels.index]: String(node.index) },
    privileged: true,
    readOnlyPaths: machinePaths,
    privateCgroups: true,
    ...(plan.nodeTraits.userNamespaceHost ? { userNamespace: 'host' as const } : {}),
    tmpfs: { '/run': '', '/tmp': '' },
    mounts: [
      // noCopy: copying the component images of the image's /var would take seconds a node. The entry point fills it without them.
      { type: 'volume', target: '/var', noCopy: true },
      { type: 'volume', source: plan.componentStore, target: '/dind64-components', readOnly: true, noCopy: true },
      // A host whose kernel has no modules (or keeps them elsewhere, as NixOS does) has no such folder.
      { type: 'bind', source: '/lib/modules', target: '/lib/modules', readOnly: true, optional: true },
      // The kubelet looks up the devices of these file systems by the names that they were mounted with; a host may have no such folder.
      ...(plan.nodeTraits.devMapper
        ? [{ type: 'bind' as const, source: '/dev/mapper', target: '/dev/mapper', optional: true }]
        : []),
    ],
    sysctls: {
      'net.ipv6.conf.all.disable_ipv6': '0',
      'net.ipv6.conf.all.forwarding': '1',
      // Parallel refusals would go unanswered otherwise: by default the kernel gives one answer a second to a host.
      'net.ipv6.icmp.ratelimit': '0',
      // A pod's gateway is the node's end of its link: with duplicate address detection it answers nobody for the pod's first second.
      'net.ipv6.conf.default.dad_transmits': '0',
    },
    network: [{ network: plan.nodeNetwork.name, ipv6: node.address, macAddress: node.macAddress }],
    restart: 'unless-stopped',
    stopSignal: 'SIGRTMIN+3',
  };
}
