import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';
import { rootArgv } from '../../src/engine/embedded/root.js';
import { engineRecipe } from '../../src/engine/embedded/rootfs.js';
import { runOrThrow } from '../lab/command.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import type { Lab } from '../lab/types.js';

/** Debian's ufw, firewalld and both iptables, on a lab's engine host: its network, and a root file system of their own with a D-Bus of its own. */
export interface FirewallPrograms extends AsyncDisposable {
  /** Runs a shell script there; throws with its output when it fails. */
  run(script: string): Promise<string>;
}

const recipe: DebianRecipe = {
  name: 'firewalls',
  suite: 'trixie',
  packages: ['dbus-daemon', 'firewalld', 'iproute2', 'iptables', 'nftables', 'procps', 'ufw'],
  hooks: engineRecipe.hooks ?? [],
  output: 'directory',
};

export async function openFirewallPrograms(lab: Lab): Promise<FirewallPrograms> {
  const rootfs = await ensureDebianRootfs(readLabEnvironment().cacheDir, recipe);
  const runDir = join(lab.directory, 'firewalls');
  await mkdir(runDir, { recursive: true });
  await writeFile(join(runDir, 'resolv.conf'), '');
  const [command = '', ...argv] = rootArgv({ rootfs, runDir, networkNamespace: lab.hostNamespace }, undefined, [
    'sh',
    '-euc',
    startScript,
  ]);
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', '--', command, ...argv], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  const first = (await runOrThrow('finding the firewalls’ first process', ['pgrep', '-P', String(child.pid)])).trim();
  return {
    run: (script) =>
      runOrThrow(
        'running a firewall',
        ['nsenter', `--target=${first}`, '--mount', '--pid', '--net', '--wdns=/', 'sh', '-euc', script],
        {
          env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
          timeoutMs: 60_000,
        },
      ),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'close');
      process.kill(Number(first), 'SIGKILL');
      await ended;
      await rm(runDir, { recursive: true, force: true });
    },
  };
}

/** The root is read-only: what these programs write is a copy. */
const startScript = `for path in etc var lib/ufw usr/lib/ufw; do
  [ -d "/$path" ] || continue
  mkdir -p "/tmp/$path"
  cp -a "/$path/." "/tmp/$path"
  mount --bind "/tmp/$path" "/$path"
done
mkdir -p /run/dbus /run/lock
echo ready
# It is the first process there, and daemons leave their children to it.
while :; do sleep 3600 & wait $!; done`;
