import { execa } from 'execa';
import { access, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import { engineCgroup } from '../../../src/engine/embedded/cgroups.js';
import { ensureEngineRootfs } from '../../../src/engine/embedded/rootfs.js';
import { startEmbeddedEngine } from '../../../src/engine/embedded/start.js';
import { isEngineRunning, stopEmbeddedEngine } from '../../../src/engine/embedded/stop.js';
import type { Engine } from '../../../src/engine/types.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('the embedded engine (needs root)', () => {
  const name = `emb-start-${process.pid}`;
  const networkNamespace = `/run/netns/${name}`;
  let folder: string;
  let rootfs: string;
  const runDir = (): string => join(folder, 'run');
  const options = () => ({ rootfs, stateDir: folder, networkNamespace });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dind64-start-'));
    rootfs = await ensureEngineRootfs(readLabEnvironment().cacheDir);
    await execa('ip', ['netns', 'add', name]);
    await execa('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  });

  afterEach(() => stopEmbeddedEngine({ runDir: runDir() }));

  afterAll(async () => {
    await execa('ip', ['netns', 'delete', name]);
    await rm(folder, { recursive: true, force: true });
  });

  test('runs privileged containers on an IPv6-only network, in a private root', async () => {
    const started = await startEmbeddedEngine(options());
    const engine = await connect(started.endpoint);
    await importImage(engine);
    await engine.createNetwork({
      name: 'six',
      labels: {},
      ipv4: false,
      ipv6: true,
      ipv6Subnet: 'fd00:77::/64',
      options: {},
    });
    const result = await engine.run({
      image: 'test/tools:1',
      command: [
        'sh',
        '-c',
        'ip -6 -o addr show dev eth0 scope global; ip -4 -o addr show dev eth0; mount -t tmpfs none /mnt && echo mounted',
      ],
      labels: {},
      privileged: true,
      privateCgroups: true,
      network: [{ network: 'six', ipv6: 'fd00:77::9' }],
    });
    expect(result).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/inet6 fd00:77::9\/64[^\n]*\nmounted\n$/),
    });
    // What a chroot would show instead is the machine's own root.
    expect(await readdir(`/proc/${started.pid}/root/`)).toEqual(await readdir(rootfs));
    await expect(access(`/proc/${started.pid}/root${folder}`)).rejects.toThrow('ENOENT');
    expect(await readlink(`/proc/${started.pid}/ns/net`)).not.toBe(await readlink('/proc/self/ns/net'));
    expect((await engine.info()).cgroupVersion).toMatch(/^[12]$/);
  });

  test('outlives the process that starts it, is found by the next one, and leaves nothing when stopped', async () => {
    const mountsBefore = await readMounts();
    const program = join(folder, 'start.mts');
    await writeFile(
      program,
      `import { startEmbeddedEngine } from ${JSON.stringify(new URL('../../../src/engine/embedded/start.ts', import.meta.url).pathname)};
      console.log((await startEmbeddedEngine(${JSON.stringify(options())})).pid);`,
    );
    const { stdout } = await execa('npx', ['tsx', program], { cwd: join(import.meta.dirname, '../../..') });
    expect(await isEngineRunning(runDir())).toBe(true);
    const found = await startEmbeddedEngine(options());
    expect(found.pid).toBe(Number(stdout));

    const engine = await connect(found.endpoint);
    await importImage(engine);
    await engine.createContainer({
      name: 'long',
      image: 'test/tools:1',
      command: ['sleep', '1000'],
      labels: {},
      network: 'none',
      restart: 'unless-stopped',
    });
    await engine.startContainer('long');
    const pids = await processesOf(found.pid);
    expect(pids.length).toBeGreaterThan(3);
    expect(await readFile(`/proc/${pids.at(-1)}/cmdline`, 'utf8')).toContain('sleep');

    await found.stop();
    expect(await isEngineRunning(runDir())).toBe(false);
    for (const pid of pids) await expect(access(`/proc/${pid}`)).rejects.toThrow('ENOENT');
    expect(await readMounts()).toBe(mountsBefore);
    expect(
      (await execa('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', engineCgroup(runDir()).slice(1)])).stdout,
    ).toBe('');
    await stopEmbeddedEngine({ runDir: runDir() });
    await rm(join(folder, 'data'), { recursive: true });
  });

  test('a stale pid in the record is not taken for the engine', async () => {
    await writeFile(join(runDir(), 'pid'), String(process.pid));
    expect(await isEngineRunning(runDir())).toBe(false);
    await stopEmbeddedEngine({ runDir: runDir() });
    const started = await startEmbeddedEngine(options());
    expect(started.pid).not.toBe(process.pid);
  });

  test('an engine that does not come up gives the end of its log, and leaves nothing', async () => {
    await expect(startEmbeddedEngine({ ...options(), daemonJson: { 'no-such-setting': 1 } })).rejects.toMatchObject({
      code: 'embedded-engine-failed',
      observed: expect.stringContaining('no-such-setting'),
    });
    expect(await isEngineRunning(runDir())).toBe(false);
  });

  test('an aborted start leaves nothing', async () => {
    const controller = new AbortController();
    const starting = startEmbeddedEngine({ ...options(), signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await expect(starting).rejects.toThrow('enough');
    expect(await isEngineRunning(runDir())).toBe(false);
  });

  async function connect(endpoint: string): Promise<Engine> {
    return connectSocket(endpoint.slice('unix://'.length), readEnvironment({ HOME: folder }, folder).engine);
  }

  async function importImage(engine: Engine): Promise<void> {
    if ((await engine.findImage('test/tools:1')) !== undefined) return;
    const paths = [
      './usr/bin',
      './usr/sbin',
      './usr/lib',
      './usr/lib64',
      './lib',
      './lib64',
      './bin',
      './sbin',
      './mnt',
    ];
    await engine.importImage(
      execa('tar', ['-C', rootfs, '-c', ...paths], { buffer: false }).stdout,
      'test/tools:1',
      {},
    );
  }
});

/** Without the network namespaces that others make meanwhile. */
async function readMounts(): Promise<string> {
  return (await readFile('/proc/self/mounts', 'utf8')).replaceAll(/^nsfs .*\n/gm, '');
}

/** The engine's first process and everything in its pid namespace, containers included. */
async function processesOf(pid: number): Promise<number[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=']);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const found = [pid];
  for (const parent of found) found.push(...pairs.filter(([, its]) => its === parent).map(([child]) => child));
  return found;
}
