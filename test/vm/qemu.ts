import { access, constants, readFile } from 'node:fs/promises';
import { runOrThrow } from '../lab/command.js';
import { uplink } from '../lab/sites.js';

/** What of the machine decides QEMU's command line. */
export interface QemuOptions {
  kernel: string;
  initrd: string;
  /** Paths of raw disks, in the order vda, vdb, ...; written to temporary overlays only. */
  disks: readonly string[];
  /** OpenSSH public key, one line. */
  publicKey: string;
  kvm: boolean;
}

/** Whether the processor can run a stock kernel by itself: the device alone says nothing. */
export async function hasKvm(): Promise<boolean> {
  const processor = await readFile('/proc/cpuinfo', 'utf8');
  return (
    /^flags\s*:.*\b(vmx|svm)\b/m.test(processor) &&
    access('/dev/kvm', constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    )
  );
}

/**
 * Emulated processors whose clock counts instructions, one a nanosecond: what runs there sees a slow machine and not a stalled one, however much else
 * this machine has to do, and no time limit of a program ends it that an ordinary machine would keep.
 */
const emulation = [
  '-accel',
  'tcg,thread=single,tb-size=1024',
  '-icount',
  'shift=0,align=off,sleep=on',
  '-cpu',
  'max,la57=off',
];

/** QEMU's argv for a machine whose network card is `tap0` of the namespace it runs in, and whose console is stdout. */
export function renderQemuArgv({ kernel, initrd, disks, publicKey, kvm }: QemuOptions): string[] {
  const append = [
    'root=/dev/vda',
    'rw',
    'console=ttyS0',
    'quiet',
    'systemd.show_status=1',
    'systemd.log_color=0',
    'TERM=dumb',
    // Without one, systemd takes each boot for the first and sets the whole machine up.
    'systemd.machine_id=6f7264696e617279686f737464696e64',
    // The emulator's time-stamp counter is steady, and asking any other clock is ten times slower. The others spare it work that shows in no result.
    ...(kvm
      ? []
      : [
          'tsc=reliable',
          'clocksource=tsc',
          'mitigations=off',
          'transparent_hugepage=never',
          'rcupdate.rcu_expedited=1',
          'nowatchdog',
        ]),
    `systemd.set_credential_binary=ssh.authorized_keys.root:${Buffer.from(publicKey).toString('base64')}`,
  ];
  return [
    'qemu-system-x86_64',
    '-nodefaults',
    '-no-user-config',
    '-display',
    'none',
    '-monitor',
    'none',
    '-serial',
    'stdio',
    ...(kvm ? ['-accel', 'kvm', '-cpu', 'host'] : emulation),
    '-machine',
    'q35',
    '-smp',
    '2',
    '-m',
    '6144',
    '-object',
    'rng-random,filename=/dev/urandom,id=rng',
    '-device',
    'virtio-rng-pci,rng=rng',
    ...disks.flatMap((path) => ['-drive', `file=${path},format=raw,if=virtio,cache=unsafe,discard=unmap,snapshot=on`]),
    '-netdev',
    'tap,id=uplink,ifname=tap0,script=no,downscript=no',
    '-device',
    `virtio-net-pci,netdev=uplink,mac=${uplink.host.mac}`,
    '-kernel',
    kernel,
    '-initrd',
    initrd,
    '-append',
    append.join(' '),
  ];
}

/** A key pair for one run; the public key as a line. */
export async function makeKey(path: string): Promise<string> {
  await runOrThrow('making a key for the machine', [
    'ssh-keygen',
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-C',
    'dind64-test',
    '-f',
    path,
  ]);
  return (await readFile(`${path}.pub`, 'utf8')).trim();
}
