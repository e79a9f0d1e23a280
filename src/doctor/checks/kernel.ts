import { checkOf, failure, known, ok, warning } from '../check.js';

/** What the kubelet needs (kubernetes, cm/container_manager_linux.go), and what containers are limited by. */
const neededControllers = ['cpu', 'cpuset', 'memory', 'pids'];

export const cgroups = checkOf(
  { id: 'cgroups', title: 'cgroups', looked: 'cgroup version, and the controllers that a container is given' },
  ['machine'],
  ({ machine: { cgroupControllers, cgroupVersion } }) => {
    const missing =
      cgroupControllers.length === 0 ? [] : neededControllers.filter((name) => !cgroupControllers.includes(name));
    if (missing.length > 0) {
      return failure(
        `cgroup v${cgroupVersion} without ${missing.join(', ')}: the kubelet needs them`,
        missing.includes('memory')
          ? 'add cgroup_enable=memory to the kernel command line (Raspberry Pi: /boot/firmware/cmdline.txt) and reboot'
          : 'take cgroup_disable= off the kernel command line and reboot',
      );
    }
    return ok(
      `v${cgroupVersion}${cgroupVersion === '1' ? ', which Kubernetes only just supports' : ''} with ${cgroupControllers.length === 0 ? 'controllers that could not be listed' : neededControllers.join(', ')}`,
    );
  },
);

const bpfNames: Readonly<Record<string, string>> = {
  cg_dev_verifier_ops: 'cgroup device',
  tc_cls_act_verifier_ops: 'tc',
  xdp_verifier_ops: 'XDP',
};

export const kernel = checkOf(
  {
    id: 'kernel',
    title: 'kernel',
    looked:
      'a bridge, a veth pair, a tun device, NAT of both families, ip6tables and policy routing, made in an empty network namespace; BPF program types',
  },
  ['kernel', 'machine'],
  ({ kernel: features, machine }, { engine }) => {
    const missing = features.filter(({ problem }) => problem !== undefined);
    const routing = missing.find(({ feature }) => feature === 'policy-routing');
    if (routing !== undefined)
      return failure(`policy routing: ${routing.problem ?? ''}`, 'use a kernel with CONFIG_IPV6_MULTIPLE_TABLES');
    if (missing.length > 0) {
      const modules: Record<string, string> = { tun: 'tun', veth: 'veth', bridge: 'bridge' };
      const names = missing.map(({ feature }) => modules[feature] ?? 'nf_nat nft_masq nft_ct');
      return failure(
        missing.map(({ feature, problem }) => `${feature}: ${problem ?? ''}`).join('; '),
        `sudo modprobe -a ${[...new Set(names)].join(' ')}     # a minimal kernel has them in a package of its own (linux-modules-extra-...)`,
      );
    }
    if (machine.cgroupVersion === '2' && machine.bpf.length > 0 && !machine.bpf.includes('cg_dev_verifier_ops')) {
      return failure(
        'the kernel has no BPF programs for cgroup devices: containers cannot be given devices',
        'use a kernel with CONFIG_CGROUP_BPF',
      );
    }
    const bpf = machine.bpf.map((name) => bpfNames[name] ?? name);
    return ok(
      `${known(engine)?.info.kernel === undefined ? '' : `Linux ${known(engine)?.info.kernel ?? ''}: `}${features.map(({ feature }) => feature).join(', ')}${bpf.length === 0 ? '' : `; BPF for ${bpf.join(', ')}`}`,
    );
  },
);

export const security = checkOf(
  {
    id: 'security',
    title: 'confinement',
    looked: 'AppArmor, SELinux, user namespaces, and capabilities that the host withholds',
  },
  ['engine', 'host'],
  ({ engine: { info }, host }) => {
    const modules = info.securityOptions.filter((option) => ['apparmor', 'selinux'].includes(option));
    if (!host.capSysResource) {
      return warning(
        'the host withholds CAP_SYS_RESOURCE, so limits cannot be raised in nodes: dind64 does without, but what sets its own limits may fail',
        'nothing, where everything works; else give the (virtual) machine or outer container that capability',
      );
    }
    const notes = [
      modules.length === 0
        ? 'neither AppArmor nor SELinux'
        : `${modules.join(' and ')} (nodes are privileged and not confined by it)`,
      ...(info.userNamespaceRemap ? ['user namespace remap, which nodes are exempt from'] : []),
    ];
    return ok(notes.join('; '));
  },
);
