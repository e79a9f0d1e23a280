import { failure, ok, unknown, warning } from '../../doctor/check.js';
import { judgeClock } from '../../doctor/checks/clock.js';
import type { HostCheck } from './check.js';

export const rights: HostCheck = {
  id: 'rights',
  title: 'rights',
  looked: 'whether the user is root, or becomes root by sudo without a password',
  judge: ({ reading: { system }, host }) =>
    system.rights === 'none'
      ? failure(
          'neither root nor sudo without a password: nothing could be changed on the host',
          host.reachedBy === 'local'
            ? 'run the command as root'
            : 'in the hosts file, `ssh: root@...` for this host; or let the user use sudo without a password',
        )
      : ok(system.rights === 'root' ? 'root' : 'root by sudo'),
};

const known = ['debian 12', 'debian 13', 'ubuntu 22.04', 'ubuntu 24.04'];

export const os: HostCheck = {
  id: 'os',
  title: 'system',
  looked: '/etc/os-release',
  judge: ({ reading: { system } }) => {
    const name = system.os.name === '' ? 'a system without /etc/os-release' : system.os.name;
    return known.includes(system.os.id)
      ? ok(name)
      : warning(`${name}: dind64 is written for Debian 12 and 13 and Ubuntu 22.04 and 24.04`);
  },
};

/** kube-proxy's nftables mode (kubernetes, pkg/proxy/nftables). */
const leastKernel = [5, 13] as const;

export const kernel: HostCheck = {
  id: 'kernel',
  title: 'kernel',
  looked: 'uname -r',
  of: 'nodes',
  judge: ({ reading: { system } }) => {
    const [major = 0, minor = 0] = system.kernel.split('.').map((part) => Number.parseInt(part, 10));
    return major > leastKernel[0] || (major === leastKernel[0] && minor >= leastKernel[1])
      ? ok(`Linux ${system.kernel}`)
      : failure(`Linux ${system.kernel}: kube-proxy needs ${leastKernel.join('.')} for nftables`, 'use a newer kernel');
  },
};

export const cgroups: HostCheck = {
  id: 'cgroups',
  title: 'cgroups',
  looked: 'the version of cgroups and the controllers that there are',
  of: 'nodes',
  judge: ({ reading: { machine } }) => {
    if (machine.cgroupVersion === '1')
      return failure(
        'v1, which kubelets of today refuse',
        'take systemd.unified_cgroup_hierarchy=0 off the kernel command line, or add systemd.unified_cgroup_hierarchy=1, and reboot',
      );
    const missing = ['cpu', 'cpuset', 'memory', 'pids'].filter((name) => !machine.cgroupControllers.includes(name));
    return missing.length === 0
      ? ok('v2')
      : failure(
          `v2 without ${missing.join(', ')}: the kubelet needs them`,
          'add cgroup_enable=memory to the kernel command line, or take cgroup_disable= off it, and reboot',
        );
  },
};

/** What kubeadm's preflight asks of a control plane (kubeadm, constants.go). */
const least = { cpus: 2, memoryMiB: 1700 };

export const capacity: HostCheck = {
  id: 'capacity',
  title: 'capacity',
  looked: 'CPUs and memory',
  of: 'nodes',
  judge: ({ reading: { system, machine }, host }) => {
    if (machine.memory === undefined) return unknown('the memory could not be read');
    const memoryMiB = Math.floor(machine.memory.totalBytes / 2 ** 20);
    const seen = `${system.cpus} CPU${system.cpus === 1 ? '' : 's'}, ${memoryMiB} MiB of memory`;
    const little = system.cpus < least.cpus || memoryMiB < least.memoryMiB;
    if (!little) return ok(seen);
    return host.roles.includes('control-plane')
      ? failure(`${seen}: kubeadm wants ${least.cpus} and ${least.memoryMiB} MiB on a control plane`)
      : warning(`${seen}: little for a node`);
  },
};

export const swap: HostCheck = {
  id: 'swap',
  title: 'swap',
  looked: '/proc/swaps',
  of: 'nodes',
  judge: ({ reading: { system } }) =>
    system.swaps.length === 0
      ? ok('none')
      : failure(
          `${system.swaps.join(', ')}: the kubelet does not start with swap`,
          'sudo swapoff -a     # and take the swap out of /etc/fstab, or it comes back at the next boot',
        ),
};

export const clock: HostCheck = {
  id: 'clock',
  title: 'clock',
  looked: "the host's clock against this machine's",
  judge: ({ reading: { machine } }) =>
    judgeClock(machine.clockAheadMs, '', 'sudo timedatectl set-ntp true     # on the host, and here'),
};
