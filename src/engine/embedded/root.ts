import { execa } from 'execa';
import { CommandError } from '../../errors.js';
import { readScript } from '../../shell.js';

/** The private root filesystem, and what of the machine is visible in it. */
export interface EngineRoot {
  rootfs: string;
  /** Seen inside as /run/engine; holds the socket, daemon.json and resolv.conf. */
  runDir: string;
  /** Path such as `/run/netns/lab1`; absent: the machine's own network namespace. */
  networkNamespace?: string | undefined;
  /** PEM file that becomes the root's list of trusted certificates. */
  caBundle?: string | undefined;
}

/** The command line that runs `argv` in the private root, in mount and pid namespaces of its own. */
export function rootArgv(root: EngineRoot, dataRoot: string | undefined, argv: readonly string[]): string[] {
  // nsenter and not `ip netns exec`: that one mounts a /sys without the cgroups.
  const enter = root.networkNamespace === undefined ? [] : ['nsenter', `--net=${root.networkNamespace}`, '--'];
  return [
    ...enter,
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--',
    'sh',
    '-c',
    readScript('engine-root.sh'),
    'engine-root',
    root.rootfs,
    dataRoot ?? '-',
    root.runDir,
    root.caBundle ?? '-',
    root.networkNamespace === undefined ? 'machine' : '-',
    ...argv,
  ];
}

/** Runs a shell script in the private root and returns its stdout. Throws CommandError. */
export async function runInRoot(root: EngineRoot, doing: string, script: string, stdin = ''): Promise<string> {
  const [command, ...argv] = rootArgv(root, undefined, ['sh', '-euc', script]) as [string, ...string[]];
  const result = await execa(command, argv, { reject: false, input: stdin, stripFinalNewline: false });
  if (result.exitCode === 0) return result.stdout;
  throw new CommandError({
    doing,
    where: root.rootfs,
    argv: ['sh', '-euc', script.trim()],
    status: result.exitCode ?? -1,
    output: result.stderr,
  });
}
