import type { DebianRecipe } from '../../src/engine/embedded/debian.js';
import { planResolvers, uplink } from '../lab/sites.js';

/** Labels of the file systems that the machine mounts. */
export const disks = { root: 'vm-root', data: 'vm-docker', project: 'vm-project' } as const;

/** Where the project is, as after `npm install --global`. */
const projectFolder = '/usr/local/lib/node_modules/dind64';

/** Who uses dind64 there: in group docker, without sudo. */
export const machineUser = 'dev';

/**
 * A stock Debian as users have it: its own kernel, systemd with networkd and resolved, cgroup v2, AppArmor, Docker and Node as packaged,
 * an unprivileged user. What is set up here is what an installer would ask for: user, addresses, disks.
 */
export const machineRecipe: DebianRecipe = {
  name: 'vm',
  suite: 'forky',
  packages: [
    'linux-image-cloud-amd64',
    'systemd',
    'systemd-sysv',
    'systemd-resolved',
    'libpam-systemd',
    'dbus',
    'udev',
    'kmod',
    'apparmor',
    'initramfs-tools',
    'zstd',
    'docker.io',
    'docker-cli',
    'iptables',
    'nodejs',
    'openssh-server',
    'ca-certificates',
    'curl',
    'e2fsprogs',
    'iproute2',
    'iputils-ping',
    'procps',
  ],
  hooks: [
    writeFile('/etc/hostname', 'ordinary\n'),
    writeFile('/etc/hosts', '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 ordinary\n'),
    // An emulated machine on a busy one is slow beyond what systemd's 90 s allow.
    writeFile(
      '/etc/systemd/system.conf.d/slow.conf',
      '[Manager]\nDefaultTimeoutStartSec=30min\nDefaultDeviceTimeoutSec=30min\n',
    ),
    writeFile(
      '/etc/fstab',
      [
        `LABEL=${disks.root} / ext4 defaults 0 0`,
        `LABEL=${disks.data} /var/lib/docker ext4 defaults 0 0`,
        `LABEL=${disks.project} ${projectFolder} ext4 ro 0 0\n`,
      ].join('\n'),
    ),
    writeFile('/etc/systemd/network/10-uplink.network', renderUplink()),
    // The run's key comes by the kernel's command line as a systemd credential.
    writeFile(
      '/etc/tmpfiles.d/vm-keys.conf',
      [
        `d /home/${machineUser}/.ssh 0700 ${machineUser} ${machineUser} -`,
        `f^ /home/${machineUser}/.ssh/authorized_keys 0600 ${machineUser} ${machineUser} - ssh.authorized_keys.root`,
        'd /root/.ssh 0700 root root -',
        'f^ /root/.ssh/authorized_keys 0600 root root - ssh.authorized_keys.root\n',
      ].join('\n'),
    ),
    `mkdir -p "$1/var/lib/docker" "$1${projectFolder}" && ln -s ${projectFolder}/bin/dind64.mjs "$1/usr/local/bin/dind64"`,
    `chroot "$1" useradd --create-home --shell /bin/bash --groups docker ${machineUser}`,
    'chroot "$1" systemctl enable systemd-networkd systemd-resolved ssh docker',
    // Profiles of programs that are not here: the emulator would compile them for minutes. Docker makes its own.
    'find "$1/etc/apparmor.d" -maxdepth 1 -type f -delete',
    // Housekeeping of a machine that lives for days.
    'chroot "$1" systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer',
    'ln -sf ../run/systemd/resolve/stub-resolv.conf "$1/etc/resolv.conf"',
    // Only what this machine's disks need: the default one takes the emulator several seconds to unpack.
    'sed -i s/^MODULES=.*/MODULES=list/ "$1/etc/initramfs-tools/initramfs.conf" && printf "virtio_pci\\nvirtio_blk\\next4\\n" >>"$1/etc/initramfs-tools/modules" && chroot "$1" update-initramfs -u -k all',
  ],
  output: 'directory',
};

/** IPv4 by hand, IPv6 from router advertisements, which networkd and not the kernel handles. */
function renderUplink(): string {
  return [
    '[Match]',
    `MACAddress=${uplink.host.mac}`,
    '[Network]',
    `Address=${uplink.host.ipv4}/${uplink.ipv4Length}`,
    `Gateway=${uplink.router.ipv4}`,
    ...planResolvers('dual').map((address) => `DNS=${address}`),
    // The lab's names are in test., which has no other resolver.
    'Domains=~.\n',
  ].join('\n');
}

/** A line for mmdebstrap that writes a file below the new root. */
function writeFile(path: string, content: string): string {
  return `mkdir -p "$(dirname "$1${path}")" && printf '${content.replaceAll('\n', '\\n')}' >"$1${path}"`;
}
