import { spawn } from 'node:child_process';
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
    const child = spawn('ssh', sshArguments(this.address), { stdio: ['pipe', 'pipe', 'pipe'] });
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => { stderr = (stderr + chunk.toString()).slice(-2000); });
    child.on('error', (error) => stream.destroy(error));
    child.on('close', (code) => {
      if (code !== 0 && code !== null) stream.destroy(new Error(stderr.trim() || `ssh ended with exit code ${code}`));
    });
    stream.on('close', () => child.kill());
    // http.ClientRequest calls these on every connection; a pipe has none of them.
    return Object.assign(stream, { setTimeout: () => stream, setNoDelay: () => stream, setKeepAlive: () => stream, ref: () => stream, unref: () => stream });
  }
}

/** The same words as docker/cli's connhelper. */
export function sshArguments(address: SshAddress): string[] {
  return [
    '-o', 'ConnectTimeout=30', '-T',
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    '--', address.host, 'docker',
    ...(address.path === undefined ? [] : ['--host', `unix://${address.path}`]),
    'system', 'dial-stdio',
  ];
}
