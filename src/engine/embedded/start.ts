import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DindError } from '../../errors.js';
import { engineCgroup } from './cgroups.js';
import { recordHostState } from './host-state.js';
import { withFileLock } from './lock.js';
import { engineAnswers, waitForEngine } from './ready.js';
import { rootArgv, type EngineRoot } from './root.js';
import { isEngineRunning, stopEmbeddedEngine } from './stop.js';

export interface EmbeddedEngineOptions {
  /** From ensureEngineRootfs. */
  rootfs: string;
  /** What outlives the engine: its data root `data` and `engine.log`. */
  stateDir: string;
  /**
   * Socket, pid, lock and the record of how the machine was: what `stopEmbeddedEngine` needs, void after a reboot.
   * Default `<stateDir>/run`. Short: a socket's path has 107 characters at most.
   */
  runDir?: string | undefined;
  /** Default `<stateDir>/data`. */
  dataRoot?: string | undefined;
  /** Path such as `/run/netns/lab1`; absent: the machine's own. */
  networkNamespace?: string | undefined;
  /** Added to dockerd's configuration file. */
  daemonJson?: Record<string, unknown> | undefined;
  /** Content of the engine's /etc/resolv.conf; default: the machine's. */
  resolvConf?: string | undefined;
  /** HTTP_PROXY and so on, for pulls. */
  proxy?: Record<string, string> | undefined;
  caBundle?: string | undefined;
  /**
   * Record rules and sysctls before, so that `stopEmbeddedEngine` can put them back. Default: where the engine
   * runs in the machine's own network namespace and is allowed to make rules.
   */
  restoreHost?: boolean | undefined;
  /** Default 60000. */
  timeoutMs?: number | undefined;
  onLine?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface EmbeddedEngine {
  /** `unix:///.../docker.sock` */
  endpoint: string;
  /** Of the engine's first process, as the machine sees it. */
  pid: number;
  stop(): Promise<void>;
}

/** dockerd settings for an engine that only builds, in the machine's own network namespace: it touches no rule and makes no bridge. Builds use network mode `host`. */
export const buildEngineJson = { iptables: false, ip6tables: false, bridge: 'none', 'ip-forward': false } as const;

/**
 * Starts dockerd in a private root filesystem, or finds the one that runs already in `runDir`. It outlives this process.
 * Needs root on Linux. Throws DindError `embedded-engine-failed` with the end of its log, or WaitError.
 */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const { stateDir } = options;
  const runDir = options.runDir ?? join(stateDir, 'run');
  const dataRoot = options.dataRoot ?? join(stateDir, 'data');
  const socket = join(runDir, 'docker.sock');
  const limitMs = options.timeoutMs ?? 60_000;
  if (Buffer.byteLength(socket) > 107)
    throw new DindError({
      code: 'socket-path-too-long',
      source: 'user',
      doing: 'starting the embedded engine',
      where: socket,
      observed: "a socket's path has 107 characters at most",
    });
  await Promise.all([stateDir, runDir, dataRoot].map((path) => mkdir(path, { recursive: true })));
  return withFileLock(
    join(runDir, 'start.lock'),
    async () => {
      if (await isEngineRunning(runDir)) await engineAnswers(socket, limitMs, options.signal);
      else await launch(options, { runDir, dataRoot, socket, limitMs });
      return {
        endpoint: `unix://${socket}`,
        pid: Number(await readFile(join(runDir, 'pid'), 'utf8')),
        stop: () => stopEmbeddedEngine({ runDir }),
      };
    },
    options,
  );
}

/** A log that has grown beyond this begins anew. */
const maxLogBytes = 10_000_000;

async function launch(
  options: EmbeddedEngineOptions,
  { runDir, dataRoot, socket, limitMs }: { runDir: string; dataRoot: string; socket: string; limitMs: number },
): Promise<void> {
  const { stateDir } = options;
  await Promise.all(['docker.sock', 'pid'].map((name) => rm(join(runDir, name), { force: true })));
  const root: EngineRoot = {
    rootfs: options.rootfs,
    runDir,
    networkNamespace: options.networkNamespace,
    caBundle: options.caBundle,
  };
  await writeFile(
    join(runDir, 'resolv.conf'),
    options.resolvConf ?? (await readFile('/etc/resolv.conf', 'utf8').catch(() => '')),
  );
  await writeFile(
    join(runDir, 'daemon.json'),
    JSON.stringify({ ...baseDaemonJson(runDir), ...options.daemonJson }, undefined, 2),
  );
  await writeFile(join(runDir, 'engine.json'), JSON.stringify(root, undefined, 2));
  if (options.restoreHost ?? (options.networkNamespace === undefined && options.daemonJson?.['iptables'] !== false))
    await recordHostState(root);

  // docker-init is the pid namespace's first process and reaps what containerd's shims leave.
  // flock keeps the lock's descriptor open in everything that it starts: as long as one process of the engine lives, it is locked.
  const inner = rootArgv(root, dataRoot, ['docker-init', '--', 'dockerd', '--config-file', '/run/engine/daemon.json']);
  const logPath = join(stateDir, 'engine.log');
  const log = await open(logPath, (await stat(logPath).catch(() => ({ size: 0 }))).size > maxLogBytes ? 'w' : 'a');
  const from = (await log.stat()).size;
  try {
    const child = spawn(
      'flock',
      ['--nonblock', '--conflict-exit-code', '75', '--no-fork', join(runDir, 'lock'), ...inner],
      {
        detached: true,
        cwd: '/',
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...options.proxy },
      },
    );
    await waitForEngine({
      child,
      socket,
      limitMs,
      signal: options.signal,
      readLog: async () => (await readFile(logPath)).subarray(from).toString(),
    });
    child.unref();
  } catch (error) {
    await stopEmbeddedEngine({ runDir }).catch(() => undefined);
    throw error;
  } finally {
    await log.close();
  }
}

/** cgroupfs: systemd's manager is out of reach from the private root. An own parent, so that stopping can remove all of it. */
function baseDaemonJson(runDir: string): Record<string, unknown> {
  return {
    hosts: ['unix:///run/engine/docker.sock'],
    'data-root': '/var/lib/docker',
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'cgroup-parent': engineCgroup(runDir),
  };
}
