import { fileURLToPath } from 'node:url';
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
    fileURLToPath(new URL('enter-box.bash', import.meta.url)),
    root,
    directory,
    boxDirectory,
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
