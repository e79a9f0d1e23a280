import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { createHash } from 'node:crypto';
import { createServer as createTlsServer } from 'node:tls';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectDocker } from '../../../src/engine/connect.js';
import type { EngineEnvironment } from '../../../src/settings/types.js';
import { ensureBusyboxImage, sleeper } from './support/busybox-image.js';
import { bareEnvironment } from './support/engine-environment.js';
import { failure } from './support/scratch.js';
import { startTestEngine, whyNoEngine, type TestEngine } from './support/test-engine.js';

const reason = whyNoEngine();

describe.skipIf(reason !== undefined)(`connectDocker${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let testEngine: TestEngine;
  let folder: string;
  const servers: Server[] = [];
  beforeAll(async () => {
    // Not below /tmp's sticky root with 0700: another user must get as far as the socket.
    folder = await mkdtemp(join(tmpdir(), 'dind64-connect-'));
    await chmod(folder, 0o755);
    testEngine = await startTestEngine('graph');
    await ensureBusyboxImage(testEngine.engine);
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await testEngine?.stop();
    await rm(folder, { recursive: true });
  });

  const env = (differs: Partial<EngineEnvironment>): EngineEnvironment => ({ ...bareEnvironment, ...differs });
  const host = (dockerHost: string, differs: Partial<EngineEnvironment> = {}) =>
    connectDocker(env({ dockerHost, ...differs }), { limitMs: 5000 });

  /** What every transport must be able to do: plain requests, streams both ways, a hijacked connection with half-close. */
  async function tryOut(environment: EngineEnvironment): Promise<void> {
    const engine = await connectDocker(environment);
    expect((await engine.info()).os).toMatch(/^linux\//);
    const result = await engine.run(
      { ...sleeper, command: ['sh', '-c', 'cat; cat /f; exit 3'] },
      { stdin: 'in\n', files: [{ path: '/f', content: 'file\n' }] },
    );
    expect(result).toEqual({ exitCode: 3, stdout: 'in\nfile\n', stderr: '' });
  }

  it('by DOCKER_HOST, a unix socket', () => tryOut(env({ dockerHost: `unix://${testEngine.socket}` })));

  it('by a context of config.json, whatever DOCKER_HOST this process itself has', async () => {
    const id = createHash('sha256').update('lab').digest('hex');
    await mkdir(join(folder, 'contexts/meta', id), { recursive: true });
    await writeFile(
      join(folder, 'contexts/meta', id, 'meta.json'),
      JSON.stringify({ Name: 'lab', Endpoints: { docker: { Host: `unix://${testEngine.socket}` } } }),
    );
    await writeFile(join(folder, 'config.json'), '{"currentContext":"lab"}');
    vi.stubEnv('DOCKER_HOST', 'tcp://192.0.2.1:1');
    await tryOut(env({ dockerConfig: folder }));
    vi.unstubAllEnvs();
  });

  it('by tcp, and by tcp with TLS of both sides', async () => {
    const plain = await listen(
      createServer({ allowHalfOpen: true }, (socket) =>
        socket.pipe(connect({ path: testEngine.socket, allowHalfOpen: true })).pipe(socket),
      ),
    );
    await tryOut(env({ dockerHost: `tcp://127.0.0.1:${plain}` }));

    const certificates = join(folder, 'certificates');
    await makeCertificates(certificates);
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'server.pem', 'server.key'].map((name) => readFile(join(certificates, name))),
    );
    const secure = await listen(
      createTlsServer(
        { ca: ca!, cert: cert!, key: key!, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true },
        (socket) => {
          const engine = connect({ path: testEngine.socket, allowHalfOpen: true });
          socket.pipe(engine).pipe(socket);
          socket.on('error', () => engine.destroy());
        },
      ),
    );
    await tryOut(env({ dockerHost: `tcp://localhost:${secure}`, dockerTlsVerify: true, dockerCertPath: certificates }));
    // Without our certificate, and without trust in theirs.
    expect(
      await failure(host(`tcp://localhost:${secure}`, { dockerTlsVerify: true, dockerCertPath: join(folder, 'none') })),
    ).toMatchObject({ code: 'engine-not-found', observed: expect.stringMatching(/certificate/) });
  });

  it("by ssh, through the user's own ssh", async () => {
    // Stands in for sshd and for the far side's `docker system dial-stdio`; what it is called with is checked.
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await writeFile(
      join(bin, 'ssh'),
      `#!/bin/sh\ncase "$*" in *broken*) echo "Host key verification failed." >&2; exit 255;; esac\n[ "$*" = "-o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=3 -T -l me -- far docker system dial-stdio" ] && exec ${process.execPath} ${join(bin, 'dial.mjs')}\n`,
    );
    await writeFile(
      join(bin, 'dial.mjs'),
      `import { connect } from 'node:net';\nconst socket = connect({ path: ${JSON.stringify(testEngine.socket)}, allowHalfOpen: true });\nprocess.stdin.pipe(socket).pipe(process.stdout);\n`,
    );
    await chmod(join(bin, 'ssh'), 0o755);
    vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH'] ?? ''}`);
    await tryOut(env({ dockerHost: 'ssh://me@far' }));
    expect(await failure(host('ssh://me@broken'))).toMatchObject({
      code: 'engine-not-found',
      observed: expect.stringContaining('Host key verification failed'),
    });
    vi.unstubAllEnvs();
  });

  it('tells no socket, nobody listening, silence and no permission apart', async () => {
    expect(await failure(host(`unix://${join(folder, 'absent.sock')}`))).toMatchObject({
      code: 'engine-not-found',
      where: expect.stringContaining('as DOCKER_HOST says'),
    });

    const dead = join(folder, 'dead.sock');
    const listener = spawn(process.execPath, [
      '-e',
      'require("net").createServer().listen(process.argv[1], () => console.log("up"))',
      dead,
    ]);
    await once(listener.stdout, 'data');
    listener.kill('SIGKILL');
    await once(listener, 'exit');
    expect(await failure(host(`unix://${dead}`))).toMatchObject({
      code: 'engine-stopped',
      hint: expect.stringContaining('systemctl start docker'),
    });

    const silent = await listen(createServer());
    const start = Date.now();
    expect(
      await failure(connectDocker(env({ dockerHost: `tcp://127.0.0.1:${silent}` }), { limitMs: 500 })),
    ).toMatchObject({ code: 'engine-silent', observed: 'no answer within 0.5 s' });
    expect(
      await failure(
        connectDocker(env({ dockerHost: `tcp://127.0.0.1:${silent}` }), { signal: AbortSignal.timeout(200) }),
      ),
    ).toMatchObject({ code: 'timed-out' });
    expect(Date.now() - start).toBeLessThan(3000);

    const locked = join(folder, 'locked.sock');
    await new Promise<void>((resolve) => servers.push(createServer().listen(locked, resolve)));
    await chmod(locked, 0o600);
    process.seteuid?.(65534);
    const refused = await failure(host(`unix://${locked}`)).finally(() => process.seteuid?.(0));
    expect(refused).toMatchObject({ code: 'engine-permission', hint: expect.stringContaining('newgrp docker') });
  });

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', (socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return (server.address() as AddressInfo).port;
  }
});

/** A CA, a server and a client certificate, as Docker's documentation makes them. */
async function makeCertificates(folder: string): Promise<void> {
  await mkdir(folder);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
  for (const args of [
    ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test CA'],
    [
      '-keyout',
      'server.key',
      '-out',
      'server.pem',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      ...sign,
    ],
    [
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-subj',
      '/CN=client',
      '-addext',
      'extendedKeyUsage=clientAuth',
      ...sign,
    ],
  ])
    await execa('openssl', ['req', '-x509', ...key, ...args], { cwd: folder });
}
