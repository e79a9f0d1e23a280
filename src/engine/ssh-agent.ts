import { spawn, type ChildProcess } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint.js';

type SshAddress = Extract<Endpoint['address'], { kind: 'ssh' }>;

/**
 * An HTTP agent whose connections are `ssh HOST docker system dial-stdio`, as Docker's client makes them: the user's ssh configuration, keys,
 * agent and known hosts hold (ssh2, which dockerode would use, reads none of them).
 */
export class SshAgent extends Agent {
  constructor(private readonly address: SshAddress) {
    super({ keepAlive: false });
  }

  override createConnection(): Duplex {
    const stream = processStream(spawn('ssh', sshArguments(this.address), { stdio: 'pipe' }));
    // http.ClientRequest calls these on every connection; a pipe has none of them.
    return Object.assign(stream, {
      setTimeout: () => stream,
      setNoDelay: () => stream,
      setKeepAlive: () => stream,
      ref: () => stream,
      unref: () => stream,
    });
  }
}

/** The words of docker/cli's connhelper; and ssh ends, within a minute, when the far side has gone without a word. */
export function sshArguments(address: SshAddress): string[] {
  return [
    ...['-o', 'ConnectTimeout=30'],
    ...['-o', 'ServerAliveInterval=15'],
    ...['-o', 'ServerAliveCountMax=3'],
    '-T',
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    '--',
    address.host,
    'docker',
    ...(address.path === undefined ? [] : ['--host', `unix://${address.path}`]),
    'system',
    'dial-stdio',
  ];
}

/** A process's standard input and output as one stream. Its failure is told by its exit code and stderr, not by the EPIPE that comes before. */
function processStream(
  child: ChildProcess & {
    stdin: NonNullable<ChildProcess['stdin']>;
    stdout: NonNullable<ChildProcess['stdout']>;
    stderr: NonNullable<ChildProcess['stderr']>;
  },
): Duplex {
  const stream = new Duplex({
    read: () => {
      child.stdout.resume();
    },
    write: (chunk: Buffer, encoding, done) => {
      child.stdin.write(chunk, encoding, () => done());
    },
    final: (done) => {
      child.stdin.end(() => done());
    },
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-2000);
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.on('error', (error) => stream.destroy(error));
  child.on('close', (code) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new Error(stderr.trim() || `ssh ended with exit code ${code}`));
  });
  return stream;
}
