import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { DindError } from '../../src/errors.js';
import { boxDirectory } from './configs.js';

/**
 * Starts the lab's box: a mount and a PID namespace of its own on the lab's root filesystem, read-only, with the
 * instance's folder at /run/lab. All servers live in it, so that the end of its first process is the end of them all.
 * It has the internet namespace's network, so nothing in it can reach the machine's. Returns the PID of `unshare` and of
 * the first process, both as seen from outside.
 */
export async function startBox(
  root: string,
  directory: string,
  internetNamespace: string,
): Promise<{ outerPid: number; initPid: number }> {
  const argv = [
    `--net=${internetNamespace}`,
    'unshare',
    '--mount',
    '--pid',
    '--uts',
    '--fork',
    '--kill-child',
    '--propagation',
    'private',
    'bash',
    '-c',
    enterScript,
    'box',
    root,
    directory,
  ];
  const child = spawn('nsenter', argv, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const lines = createInterface({ input: child.stdout });
  const initPid = await new Promise<number>((resolve, reject) => {
    lines.once('line', (line) => resolve(Number(line)));
    child.once('error', reject);
    child.once('close', (code) =>
      reject(
        new DindError({
          code: 'lab-box-failed',
          source: 'environment',
          doing: "starting the lab's servers' namespace",
          where: directory,
          observed: `exit code ${code}\n${errors.join('')}`,
        }),
      ),
    );
  });
  lines.close();
  child.stdout.destroy();
  child.stderr.destroy();
  child.removeAllListeners();
  child.unref();
  return { outerPid: child.pid ?? 0, initPid };
}

/** argv that runs a program in the box and in a network namespace; `contained`: it ends with the box. */
export function boxArgv(initPid: number, namespace: string, argv: readonly string[], contained = false): string[] {
  return [
    'nsenter',
    `--target=${initPid}`,
    '--mount',
    '--uts',
    ...(contained ? ['--pid'] : []),
    `--net=${namespace}`,
    '--wdns=/',
    '--',
    ...argv,
  ];
}

// Servers look their own host name up, and must not ask a resolver that is still to come.
// The PID is read from the old /proc, which numbers processes as the outside does.
const enterScript = `set -eu
root=$1 directory=$2
read -r pid _ </proc/self/stat
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t proc proc "$root/proc"
for path in run tmp var/log var/lib/nginx; do mount -t tmpfs tmpfs "$root/$path"; done
mkdir "$root${boxDirectory}" "$root/run/old"
mount --bind "$directory" "$root${boxDirectory}"
cp "$directory/conf/resolv.conf" "$root/run/resolv.conf"
mount --bind "$root/run/resolv.conf" "$root/etc/resolv.conf"
hostname lab
printf '%s\\n' '127.0.0.1 localhost lab' '::1 localhost lab' >"$root/run/hosts"
mount --bind "$root/run/hosts" "$root/etc/hosts"
cd "$root"
pivot_root . run/old
umount -l /run/old
echo "$pid"
exec >>${boxDirectory}/log/box.log 2>&1 </dev/null
exec tini -- sleep infinity`;
