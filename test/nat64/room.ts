import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process of the stage runs in: the tests' root filesystem, a network namespace and folders bound into it. */
export interface Room {
  root: string;
  /** Path of the network namespace. */
  namespace: string;
  /** The stage's folder; writable, at /mnt/state. */
  directory: string;
}

/**
 * argv that runs a program in a room: a mount and PID namespace of its own, so that the end of its first process is the end of what it
 * started. The NAT64 image's files are at /usr/local and the configuration at /etc/dind64, as in its container.
 */
export function roomArgv({ root, namespace, directory }: Room, argv: readonly string[]): string[] {
  return [
    'nsenter',
    `--net=${namespace}`,
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    '--propagation',
    'private',
    'bash',
    '-c',
    enterScript,
    'room',
    root,
    directory,
    imageFiles,
    tests,
    ...argv,
  ];
}

/** Starts a program in a room, with pipes. */
export function spawnInRoom(room: Room, argv: readonly string[]): ChildProcessWithoutNullStreams {
  const [file = '', ...rest] = roomArgv(room, argv);
  return spawn(file, rest, { stdio: 'pipe', cwd: '/' });
}

const imageFiles = fileURLToPath(new URL('../../images/nat64/files', import.meta.url));
const tests = fileURLToPath(new URL('.', import.meta.url));

// The image's files are copied, since a checkout need not keep their modes.
const enterScript = `set -eu
root=$1 directory=$2 image=$3 tests=$4; shift 4
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys"
mount -t proc proc "$root/proc"
for path in run tmp usr/local var/log var/lib/nginx; do mount -t tmpfs tmpfs "$root/$path"; done
mkdir "$root/run/netns"
mount --rbind /run/netns "$root/run/netns"
cp -r "$image/usr/local/." "$root/usr/local/"
find "$root/usr/local" -type f -exec chmod 0755 {} +
mount --bind "$directory/etc" "$root/etc/dind64"
mount --bind "$directory" "$root/mnt/state"
mount --bind "$tests" "$root/mnt/tests"
cd "$root"
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp exec chroot "$root" "$@"`;
