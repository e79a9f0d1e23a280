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
    fileURLToPath(new URL('enter-room.bash', import.meta.url)),
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
