import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';
import { rootArgv } from '../../src/engine/embedded/root.js';
import { engineRecipe } from '../../src/engine/embedded/rootfs.js';
import { waitUntil } from '../../src/wait.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import type { Lab } from '../lab/types.js';

/** A real squid in a lab's internet, on port 3128 of every site; with TLS it shows certificates of a CA of its own, as companies' proxies do. */
export interface TestProxy extends AsyncDisposable {
  /** `http://v4only.test:3128`: such proxies have no IPv6. */
  url: string;
  /** PEM file of the CA that a client has to trust. */
  caFile: string;
  /** squid's access log. */
  log(): Promise<string>;
}

const recipe: DebianRecipe = {
  name: 'proxy',
  suite: 'trixie',
  packages: ['ca-certificates', 'openssl', 'squid-openssl'],
  hooks: engineRecipe.hooks ?? [],
  output: 'directory',
};

export async function startProxy(lab: Lab): Promise<TestProxy> {
  const rootfs = await ensureDebianRootfs(readLabEnvironment().cacheDir, recipe);
  const runDir = join(lab.directory, 'proxy');
  await mkdir(runDir, { recursive: true });
  // squid gives its privileges up.
  await chmod(runDir, 0o777);
  await writeFile(join(runDir, 'resolv.conf'), lab.resolvers.map((address) => `nameserver ${address}\n`).join(''));
  await writeFile(join(runDir, 'squid.conf'), squidConfig);
  const ca = join(runDir, 'ca.pem');
  await execa(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=the company',
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-keyout',
      join(runDir, 'ca.key'),
      '-out',
      ca,
    ],
    { stdin: 'ignore' },
  );
  await writeFile(
    join(runDir, 'proxy.pem'),
    (await readFile(ca, 'utf8')) + (await readFile(join(runDir, 'ca.key'), 'utf8')),
    { mode: 0o644 },
  );
  await writeFile(join(runDir, 'sites-ca.pem'), lab.ca.pem);
  const script =
    '/usr/lib/squid/security_file_certgen -c -s /run/certificates -M 4MB >/dev/null && chown -R proxy: /run/certificates && exec squid -N -f /run/engine/squid.conf';
  const [command = '', ...argv] = rootArgv({ rootfs, runDir, networkNamespace: lab.internetNamespace }, undefined, [
    'sh',
    '-c',
    script,
  ]);
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', '--', command, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      output += data.toString();
    });
  await waitUntil({ condition: 'the proxy answers', limitMs: 60_000, intervalMs: 100 }, async () => {
    if (child.exitCode !== null) throw new Error(`squid ended with ${child.exitCode}\n${output}`);
    const { exitCode, stderr } = await lab.exec('host', [
      'curl',
      '-sS',
      '--proxy',
      'http://198.51.100.10:3128',
      'http://v4only.test/source',
    ]);
    return exitCode === 0 ? { done: undefined } : { seen: `${stderr}\n${output}` };
  });
  return {
    url: 'http://v4only.test:3128',
    caFile: ca,
    log: () => readFile(join(runDir, 'access.log'), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      // unshare's child is the first process of its own PID namespace: all of it ends with it.
      const [first = ''] = (await execa('pgrep', ['-P', String(child.pid)], { reject: false })).stdout.split('\n');
      const ended = once(child, 'close');
      if (first !== '') process.kill(Number(first), 'SIGKILL');
      child.kill('SIGKILL');
      await ended;
      await rm(runDir, { recursive: true, force: true });
    },
  };
}

const squidConfig = `http_port 3128 ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB tls-cert=/run/engine/proxy.pem
sslcrtd_program /usr/lib/squid/security_file_certgen -s /run/certificates -M 4MB
sslcrtd_children 2
tls_outgoing_options cafile=/run/engine/sites-ca.pem
ssl_bump bump all
http_access allow all
cache deny all
pid_filename none
access_log stdio:/run/engine/access.log
cache_log /run/engine/cache.log
cache_effective_user proxy
shutdown_lifetime 0 seconds
`;
