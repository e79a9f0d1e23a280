import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitUntil } from '../../../../src/wait.js';
import { readLabEnvironment } from '../../../lab/engine-environment.js';
import { writeTestImage } from '../../../lab/registry-content.js';
import { ensureLabRootfs } from '../../../lab/rootfs.js';
import { testImage } from '../../../lab/sites.js';

/** On the engine's loopback, where an engine needs no TLS. */
export const registryAddress = '127.0.0.1:5000';
export const registryImage = `${registryAddress}/${testImage.repository}:${testImage.tag}`;
export const registryUser = { name: 'tester', password: 'letmein' };

/** bcrypt of the password. */
const htpasswd = 'tester:$2b$04$KiflvTebCyJROD37i3HOMeUlU9yIHR3M5PQ4.j2YPIdXB44HrtAsq\n';

/** Debian's docker-registry, with a password and one image, in a network namespace. */
export async function startRegistry(networkNamespace: string): Promise<AsyncDisposable> {
  const rootfs = await ensureLabRootfs(readLabEnvironment().cacheDir);
  const folder = await mkdtemp(join(tmpdir(), 'dind64-registry-'));
  await writeTestImage(join(folder, 'data'), rootfs);
  await writeFile(join(folder, 'htpasswd'), htpasswd);
  await writeFile(
    join(folder, 'config.yml'),
    JSON.stringify({
      version: 0.1,
      log: { level: 'warn' },
      storage: { filesystem: { rootdirectory: '/mnt/data' } },
      http: { addr: registryAddress },
      auth: { htpasswd: { realm: 'test', path: '/mnt/htpasswd' } },
    }),
  );
  const script =
    'mount --make-rprivate / && mount --bind "$1" "$2/mnt" && exec chroot "$2" docker-registry serve /mnt/config.yml';
  const server = spawn(
    'nsenter',
    [`--net=${networkNamespace}`, 'unshare', '--mount', 'sh', '-c', script, 'sh', folder, rootfs],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  await waitUntil({ condition: 'the registry listens', limitMs: 20_000, intervalMs: 100 }, async () => {
    const { stdout } = await execa('nsenter', [`--net=${networkNamespace}`, 'ss', '-tln', 'sport', '=', ':5000']);
    return stdout.includes(':5000') ? { done: undefined } : { seen: `exit code ${server.exitCode}, ${log}` };
  });
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
