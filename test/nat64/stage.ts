import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderNat64Files, renderNat64LiveFiles } from '../../src/render/nat64.js';
import type { ClusterPlan } from '../../src/plan/types.js';
import { runCommand, runOrThrow } from '../lab/command.js';
import type { LabCommandOptions, LabCommandResult } from '../lab/types.js';
import { stagePlan, type EngineName } from './addresses.js';
import { ensureNat64Rootfs } from './rootfs.js';
import { roomArgv, spawnInRoom, type Room } from './room.js';
import { createTopology, removeTopology, spaceName, type StageSpace } from './topology.js';

/** Engines that the suites run with. */
export const engines: readonly EngineName[] = ['tayga', 'ebpf'];

export interface StageOptions {
  /** `none`: the translator's place is an ordinary IPv6 router that masquerades. */
  engine: EngineName | 'none';
  ends: 'raw' | 'hosts';
  /** MTU of the client's link. */
  mtu?: number;
}

/** A translator, started as its container starts it, between a client and a server. */
export interface Stage extends AsyncDisposable {
  readonly plan: ClusterPlan;
  /** Runs a program in one of the namespaces; never throws. */
  exec(space: StageSpace, argv: readonly string[], options?: LabCommandOptions): Promise<LabCommandResult>;
  room(space: StageSpace): Room;
  /** Whether the translator still runs, and what it has printed. */
  translator(): { running: boolean; output: string; pid: number };
  stop(): Promise<void>;
}

export async function startStage({ engine, ends, mtu = 1500 }: StageOptions): Promise<Stage> {
  const plan = stagePlan(engine === 'none' ? 'tayga' : engine, mtu);
  const root = await ensureNat64Rootfs(join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dind64'));
  const directory = await mkdtemp(join(tmpdir(), 'dind64-nat64-'));
  const prefix = `d64-${directory.slice(-6)}`;
  const room = (space: StageSpace): Room => ({ root, directory, namespace: `/run/netns/${spaceName(prefix, space)}` });
  let child: ChildProcess | undefined;
  let output = '';
  const stop = async (): Promise<void> => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await removeTopology(prefix);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await mkdir(join(directory, 'etc'));
    for (const { path, content } of [...renderNat64Files(plan), ...renderNat64LiveFiles(plan)])
      await writeFile(join(directory, 'etc', path), content);
    await createTopology({ prefix, plan, ends, mtu });
    const stage: Stage = {
      plan,
      room,
      stop,
      exec: (space, argv, options) => runCommand(roomArgv(room(space), argv), options),
      translator: () => ({
        running: child !== undefined && child.exitCode === null && child.signalCode === null,
        output,
        pid: child?.pid ?? 0,
      }),
      [Symbol.asyncDispose]: stop,
    };
    if (engine === 'none') {
      await runOrThrow("loading the router's rules", roomArgv(room('nat'), ['nft', '-f', '-']), { stdin: nativeRules });
    } else {
      const started = spawnInRoom(room('nat'), ['dind64-nat64']);
      child = started;
      for (const stream of [started.stdout, started.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      const ready = await stage.exec('nat', ['dind64-ready', '20'], { timeoutMs: 30_000 });
      if (ready.exitCode !== 0) throw new Error(`${engine} is not ready: ${ready.stdout}${ready.stderr}\n${output}`);
    }
    return stage;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As the engine host's rules for direct IPv6 (host/rules): established back, masquerade out, MSS by the way's MTU. */
const nativeRules = `table ip6 native {
  chain forward {
    type filter hook forward priority filter; policy drop;
    tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu
    iifname "eth0" oifname "eth1" accept
    ct state established,related accept
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "eth1" masquerade
  }
}
`;
