import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { interruptError } from '../interrupt.js';
import type { ConfiguredHost } from './config.js';
import { connectBySsh, type SshConnection } from './ssh.js';

export interface ScriptResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A shell on a host: whole scripts for bash, given by stdin. */
export interface HostShell {
  /** Throws DindError `host-unreachable` where the host is lost; interruptError when `signal` is aborted. The script's own failure is in the result. */
  run(script: string, args: readonly string[], options: { signal: AbortSignal }): Promise<ScriptResult>;
}

/** The ways to the hosts. At its end all connections are closed. */
export interface HostTransport extends AsyncDisposable {
  /** A shell on a host, which is reached before this is fulfilled. Throws DindError `host-unreachable`, interruptError. */
  reach(
    host: Pick<ConfiguredHost, 'name' | 'reachedBy'>,
    options: { signal: AbortSignal; limitMs: number },
  ): Promise<HostShell>;
}

/** Opens the ways to the hosts: a private folder for the sockets of ssh's connections. Nobody is asked yet. */
export async function openTransport(): Promise<HostTransport> {
  const folder = await mkdtemp(join(tmpdir(), 'dind64-ssh-'));
  const connections: SshConnection[] = [];
  let sockets = 0;
  return {
    reach: async ({ name, reachedBy }, options) => {
      if (reachedBy === 'local') return localShell(name);
      // A number, since a socket's path has about a hundred characters at most.
      const socket = join(folder, String(sockets++));
      const connection = await connectBySsh({ name, destination: reachedBy.ssh, socket }, options);
      connections.push(connection);
      return connection.shell;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function localShell(name: string): HostShell {
  return {
    run: async (script, args, { signal }) => {
      const {
        exitCode = 127,
        stdout,
        stderr,
      } = await execa('bash', ['-s', '--', ...args], { input: script, reject: false, cancelSignal: signal });
      if (signal.aborted) throw interruptError(signal, 'running a script on a host', name);
      return { exitCode, stdout, stderr };
    },
  };
}
