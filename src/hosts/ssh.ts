import { execa } from 'execa';
import { DindError, quoteArgument } from '../errors.js';
import { interruptError } from '../interrupt.js';
import type { HostShell, ScriptResult } from './transport.js';

/** The connection of a host, which commands on it share. */
export interface SshConnection {
  shell: HostShell;
  close(): Promise<void>;
}

interface SshTarget {
  /** The host's name in the hosts file. */
  name: string;
  /** `user@host`, or a host of ssh's own configuration. */
  destination: string;
  /** Where the connection's socket is made: a path that is short enough for one, in a folder of nobody else's. */
  socket: string;
}

const ready = 'dind64-is-connected';

const closingMs = 2000;

/**
 * Connects to a host by the system's ssh, its configuration and its agent. The connection is that of a `cat` on the host, whose input is a pipe of
 * this process: it ends with this process, however that ends, and no master stays behind as with ControlPersist. Throws DindError
 * `host-unreachable`; interruptError when `signal` is aborted.
 */
export async function connectBySsh(
  target: SshTarget,
  { signal, limitMs }: { signal: AbortSignal; limitMs: number },
): Promise<SshConnection> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, limitMs);
  const master = execa('ssh', sshArguments(target, 'master', ['cat']), {
    reject: false,
    cancelSignal: AbortSignal.any([signal, late.signal]),
    stdin: 'pipe',
  });
  // Written to an ssh that has ended already: what it said is read below.
  master.stdin.on('error', () => undefined);
  master.stdin.write(`${ready}\n`);
  const answered = new Promise<true>((resolve) => {
    let seen = '';
    master.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(ready)) resolve(true);
    });
  });
  const outcome = await Promise.race([answered, master]);
  clearTimeout(timer);
  if (outcome !== true) {
    if (signal.aborted) throw interruptError(signal, 'reaching a host over ssh', target.name);
    throw unreachable(
      target,
      late.signal.aborted
        ? `no answer in ${Math.round(limitMs / 1000)} s`
        : outcome.code === 'ENOENT'
          ? 'there is no ssh on this machine'
          : (lastLine(outcome.stderr) ?? 'ssh ended without a word'),
    );
  }
  return {
    shell: { run: (script, args, options) => runBySsh(target, { script, args, signal: options.signal }) },
    close: async () => {
      master.stdin.end();
      // A host that is gone does not see the end of its input.
      const kill = setTimeout(() => master.kill(), closingMs);
      await master;
      clearTimeout(kill);
    },
  };
}

async function runBySsh(
  target: SshTarget,
  { script, args, signal }: { script: string; args: readonly string[]; signal: AbortSignal },
): Promise<ScriptResult> {
  // ssh joins its arguments with spaces for the user's shell on the host.
  const command = ['bash', '-s', '--', ...args.map(quoteArgument)].join(' ');
  const {
    exitCode = 255,
    stdout,
    stderr,
  } = await execa('ssh', sshArguments(target, 'shared', [command]), {
    input: script,
    reject: false,
    cancelSignal: signal,
  });
  if (signal.aborted) throw interruptError(signal, 'running a script on a host', target.name);
  // ssh's own failures: the connection is gone.
  if (exitCode === 255) throw unreachable(target, lastLine(stderr) ?? 'the connection is lost');
  return { exitCode, stdout, stderr };
}

/** The arguments of ssh. Those that would ask somebody, or hang, or change what a script reads and writes, stand against the user's configuration. */
export function sshArguments(target: SshTarget, role: 'master' | 'shared', command: readonly string[]): string[] {
  const options = {
    BatchMode: 'yes',
    ConnectTimeout: '10',
    // A host that loses power is noticed in a quarter of a minute.
    ServerAliveInterval: '5',
    ServerAliveCountMax: '3',
    ControlPath: target.socket,
    ControlMaster: role === 'master' ? 'yes' : 'no',
    ControlPersist: 'no',
    RemoteCommand: 'none',
    ClearAllForwardings: 'yes',
    LogLevel: 'ERROR',
  };
  return [
    '-T',
    ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    '--',
    target.destination,
    ...command,
  ];
}

function unreachable({ name, destination }: SshTarget, observed: string): DindError {
  return new DindError({
    code: 'host-unreachable',
    source: 'environment',
    doing: 'reaching a host over ssh',
    where: destination === name ? name : `${name}, by ${destination}`,
    observed,
    hint: `ssh -o BatchMode=yes ${destination} true     # has to work: host key known, key without a question; \`ssh: user@host\` in the hosts file names another way`,
  });
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1)
    ?.trim();
}
