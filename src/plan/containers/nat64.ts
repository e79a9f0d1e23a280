import type { NamedContainerSpec, PlanCore } from '../types.js';
import { planHelperContainer } from './helper.js';

/**
 * NAT64: /dev/net/tun, and what its start-up makes its network and loads the eBPF program with, all of it inside its own network
 * namespace. What then runs has no capability left. Nothing listens in it.
 */
export function planNat64Container(plan: PlanCore): NamedContainerSpec {
  const helper = planHelperContainer(plan, 'nat64');
  const { bpfVolume } = plan.nat64;
  // Not /sys/fs/bpf: the engine's AppArmor profile lets nobody write below /sys/fs, and tc then does not load the program.
  const bpfFolder = '/run/bpf';
  return {
    ...helper,
    capabilities: ['NET_ADMIN', 'SETPCAP', ...(bpfVolume === undefined ? [] : ['BPF', 'PERFMON'])],
    mounts: [
      ...(helper.mounts ?? []),
      ...(bpfVolume === undefined
        ? []
        : [{ type: 'volume' as const, source: bpfVolume, target: bpfFolder, noCopy: true }]),
    ],
    ...(bpfVolume === undefined ? {} : { env: { ...helper.env, TC_BPF_MNT: bpfFolder } }),
    devices: ['/dev/net/tun'],
    tmpfs: { '/run': '' },
    sysctls: {
      ...helper.sysctls,
      'net.ipv4.ip_forward': '1',
      'net.ipv6.conf.all.forwarding': '1',
      // Every refused connection is answered, parallel ones too: by default the kernel gives one answer a second to a host.
      'net.ipv6.icmp.ratelimit': '0',
    },
  };
}
