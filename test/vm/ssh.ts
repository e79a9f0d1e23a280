import { runCommand, runOrThrow } from '../lab/command.js';
import type { LabCommandOptions, LabCommandResult } from '../lab/types.js';

export interface SshTarget {
  /** Network namespace that the connection starts in. */
  namespace: string;
  address: string;
  user: string;
  keyFile: string;
  /** Folder for control sockets: a short path. */
  folder: string;
}

/** One connection as one user; every command is a session in it. */
export interface Ssh {
  /** Runs a script with the user's bash; its exit code and output as they are. 255 also means that there was no connection. */
  run(script: string, options?: LabCommandOptions): Promise<LabCommandResult>;
  /** Makes a socket of the machine usable here. */
  forward(localSocket: string, remoteSocket: string): Promise<void>;
  close(): Promise<void>;
}

/** Connects with the first command. Nothing but the machine is on that network, and its key is new each time: there is none to compare with. */
export function openSsh(target: SshTarget): Ssh {
  const options = {
    ControlMaster: 'auto',
    ControlPersist: 'yes',
    ControlPath: `${target.folder}/ssh-${target.user}`,
    BatchMode: 'yes',
    ConnectTimeout: '10',
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'no',
    UserKnownHostsFile: '/dev/null',
    LogLevel: 'ERROR',
    ServerAliveInterval: '20',
    ServerAliveCountMax: '6',
    GSSAPIAuthentication: 'no',
  };
  const argv = [
    'nsenter',
    `--net=${target.namespace}`,
    'ssh',
    '-F',
    'none',
    '-i',
    target.keyFile,
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
  ];
  const destination = `${target.user}@${target.address}`;
  return {
    run: (script, more) => runCommand([...argv, destination, '--', script], more),
    forward: async (localSocket, remoteSocket) => {
      await runOrThrow('forwarding a socket of the machine', [
        ...argv,
        '-O',
        'forward',
        '-L',
        `${localSocket}:${remoteSocket}`,
        destination,
      ]);
    },
    close: async () => {
      await runCommand([...argv, '-O', 'exit', destination]);
    },
  };
}
