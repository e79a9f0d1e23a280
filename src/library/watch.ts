import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ClusterOptions } from '../settings/options.js';
import type { RunOptions } from './compose.js';

/** What the process that waits is told. */
export interface Watched {
  options: Pick<ClusterOptions, 'name' | 'engine'>;
  env: RunOptions['env'];
}

/**
 * Starts a process that removes the cluster when this one has ended without `end`: it holds the other end of a pipe, which the kernel closes however a process
 * ends. In a session of its own, so that Ctrl-C in a terminal does not reach it.
 */
export async function watchThisProcess(
  { name, engine }: Watched['options'],
  { env }: Pick<RunOptions, 'env'>,
): Promise<{ end: () => void }> {
  const program = fileURLToPath(new URL('./remove-when-told.js', import.meta.url));
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  // Neither keeps this process from ending; and the other one may be gone first.
  child.unref();
  const pipe = child.stdin as Socket;
  pipe.unref();
  pipe.on('error', () => undefined);
  pipe.write(`${JSON.stringify({ options: { name, engine }, env } satisfies Watched)}\n`);
  return { end: () => pipe.end('end\n') };
}
