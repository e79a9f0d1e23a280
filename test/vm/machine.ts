import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectSocket } from '../../src/engine/connect.js';
import type { Engine } from '../../src/engine/types.js';
import { DindError } from '../../src/errors.js';
import { readEnvironment } from '../../src/settings/environment.js';
import { waitUntil } from '../../src/wait.js';
import { renewStoreRecords } from '../lab/seed-volumes.js';
import type { Lab, LabCommandOptions, LabCommandResult } from '../lab/types.js';
import { ensureDataDisk, ensureRootDisk } from './disks.js';
import { makeProjectDisk } from './project.js';
import { hasKvm, makeKey, renderQemuArgv } from './qemu.js';
import { machineUser } from './recipe.js';
import { openSsh, type Ssh } from './ssh.js';

/** A virtual machine on a lab's uplink, in place of the lab's own engine host. */
export interface Machine {
  /** Runs a script with bash as the unprivileged user, or as root. Never throws for an exit code. */
  run(script: string, options?: LabCommandOptions & { as?: 'root' }): Promise<LabCommandResult>;
  /** The same; throws with its output when it fails. */
  succeed(script: string, options?: LabCommandOptions & { as?: 'root' }): Promise<string>;
  /** The machine's Docker, as seen by the user. */
  readonly engine: Engine;
  /** `console.log`, and what `saveEvidence` adds; kept only when that was called. */
  readonly folder: string;
  /** Writes journals and the logs of all containers into a file of `folder`. */
  saveEvidence(file: string): Promise<void>;
  /** Reboots it in an orderly way; returns when systemd is done and Docker answers. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
}

/** Disks of one run and where they come from; all made before the machine starts. */
export async function startMachine(lab: Lab, onLine: (line: string) => void): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'dind64-vm-'));
  const [root, data, publicKey, kvm] = [
    await ensureRootDisk({ onLine }),
    await ensureDataDisk({ onLine }),
    await makeKey(join(folder, 'key')),
    await hasKvm(),
  ];
  const projectDisk = join(folder, 'project.img');
  await makeProjectDisk(projectDisk);
  onLine(
    `booting${kvm ? '' : ' without acceleration: about ten times slower than this machine'}; console: ${folder}/console.log`,
  );
  const qemu = startQemu(
    lab,
    folder,
    renderQemuArgv({ ...root, disks: [root.disk, data, projectDisk], publicKey, kvm }),
  );
  const connect = (user: string): Ssh =>
    openSsh({
      namespace: lab.internetNamespace,
      address: lab.hostAddresses.ipv4 ?? '',
      user,
      keyFile: join(folder, 'key'),
      folder,
    });
  const user = connect(machineUser);
  const administrator = connect('root');
  let keep = false;
  const forwardDocker = async (): Promise<void> => {
    await rm(join(folder, 'docker.sock'), { force: true });
    await user.forward(join(folder, 'docker.sock'), '/run/docker.sock');
  };
  const reboot = async (): Promise<void> => {
    const bootId = async (): Promise<string> =>
      (await administrator.run('cat /proc/sys/kernel/random/boot_id', { timeoutMs: 60_000 })).stdout;
    const before = await bootId();
    await administrator.run('systemctl reboot', { timeoutMs: 60_000 });
    onLine('rebooting');
    await waitUntil({ condition: 'the machine has booted again', limitMs: 900_000, intervalMs: 1000 }, async () => {
      const now = await bootId();
      if (now !== '' && now !== before) return { done: true };
      // The shared connections are those of the boot before.
      await Promise.all([user.close(), administrator.close()]);
      return { seen: `console: ${qemu.lastLine()}` };
    });
    await waitForBoot(user, qemu, onLine);
    await forwardDocker();
    await connectSocket(join(folder, 'docker.sock'), readEnvironment({}, '/').engine, { limitMs: 300_000 });
  };
  const stop = async (): Promise<void> => {
    await Promise.all([user.close(), administrator.close()]);
    await qemu.stop();
    await Promise.all(
      (keep ? ['key', 'key.pub', 'project.img'] : ['.']).map((name) =>
        rm(join(folder, name), { recursive: true, force: true }),
      ),
    );
  };
  try {
    await waitForBoot(user, qemu, onLine);
    await administrator.run('true');
    await forwardDocker();
    const engine = await connectSocket(join(folder, 'docker.sock'), readEnvironment({}, '/').engine, {
      limitMs: 120_000,
    });
    await renewStoreRecords(join(folder, 'docker.sock'));
    onLine('Docker answers');
    const run: Machine['run'] = (script, { as, ...options } = {}) =>
      (as === 'root' ? administrator : user).run(script, options);
    return {
      run,
      engine,
      folder,
      reboot,
      stop,
      succeed: async (script, options) => {
        const { exitCode, stdout, stderr } = await run(script, options);
        if (exitCode !== 0) throw new Error(`in the machine: ${script}\nended with ${exitCode}\n${stdout}\n${stderr}`);
        return stdout;
      },
      saveEvidence: async (file) => {
        keep = true;
        await saveEvidence(administrator, join(folder, file));
      },
    };
  } catch (error) {
    keep = true;
    await saveEvidence(administrator, join(folder, 'machine.log')).catch(() => undefined);
    await stop();
    throw new DindError({
      code: 'vm-not-up',
      source: 'environment',
      doing: 'starting a virtual machine',
      where: folder,
      observed: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

async function waitForBoot(user: Ssh, qemu: Qemu, onLine: (line: string) => void): Promise<void> {
  await waitUntil({ condition: 'the machine answers by ssh', limitMs: 900_000, intervalMs: 1000 }, async (signal) => {
    if (qemu.ended() !== undefined) throw new Error(`QEMU ended: ${qemu.ended()}`);
    const { exitCode, stderr } = await user.run('true', { timeoutMs: 60_000, signal });
    return exitCode === 0 ? { done: true } : { seen: `${stderr.trim()}; console: ${qemu.lastLine()}` };
  });
  onLine('ssh answers');
  // `degraded` is told by the units that failed, which the tests look at.
  const { stdout } = await user.run('systemctl is-system-running --wait; systemctl --failed --plain --no-legend', {
    timeoutMs: 600_000,
  });
  onLine(`systemd: ${stdout.trim().replaceAll('\n', ', ')}`);
}

interface Qemu {
  ended(): string | undefined;
  lastLine(): string;
  stop(): Promise<void>;
}

/** In the lab's host namespace, where the tap is; it ends with this process. */
function startQemu(lab: Lab, folder: string, argv: readonly string[]): Qemu {
  const child: ChildProcess = spawn(
    'setpriv',
    ['--pdeathsig', 'SIGKILL', '--', 'nsenter', `--net=${lab.hostNamespace}`, ...argv],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(join(folder, 'console.log'));
  let tail = '';
  let end: string | undefined;
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      end = error.message;
      resolve();
    });
    child.once('close', (code, signal) => {
      end = `${signal ?? `exit code ${code}`} ${tail}`;
      log.end();
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      tail = (tail + chunk.toString()).slice(-500);
    });
  }
  return {
    ended: () => end,
    lastLine: () => tail.trim().split('\n').at(-1) ?? '',
    stop: async () => {
      if (end === undefined) child.kill('SIGKILL');
      await closed;
    },
  };
}

async function saveEvidence(administrator: Ssh, path: string): Promise<void> {
  const { stdout } = await administrator.run(evidenceScript, { timeoutMs: 300_000 });
  const log = createWriteStream(path);
  await new Promise<void>((resolve) => {
    log.end(stdout, resolve);
  });
}

const evidenceScript = `exec 2>&1
show() { printf '\\n===== %s\\n' "$*"; "$@"; }
show docker ps -a
show ip address; show ip -6 route; show ip6tables-save; show iptables-save
for container in $(docker ps -a --format '{{.Names}}'); do
  show docker logs --tail 300 "$container"
  show docker exec "$container" journalctl -b --no-pager -o short-monotonic
done
show journalctl -b --no-pager -o short-monotonic
for file in /home/*/.local/state/dind64/* /home/*/.local/state/dind64/*/*; do [ -f "$file" ] && show cat "$file"; done
true`;
