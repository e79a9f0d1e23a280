import { CommandError } from '../errors.js';
import type { Engine, ExecOptions } from '../engine/types.js';
import { execInNode } from './in-node.js';

/**
 * Runs kubeadm on a node to its end. kubeadm gives containerd a fixed few seconds for the first answer of its pre-flight checks, whatever its
 * `timeouts` say, and changes nothing before them: on a slow machine it is simply run again, for at most `limitMs`.
 */
export async function runKubeadm(
  engine: Engine,
  node: string,
  argv: string[],
  { limitMs, ...options }: ExecOptions & { doing: string; limitMs: number },
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      await execInNode(engine, node, ['kubeadm', ...argv], options);
      return;
    } catch (error) {
      if (!isSilentRuntime(error) || Date.now() > end) throw error;
    }
  }
}

/** Whether the one thing wrong is that containerd has not answered in time. */
export function isSilentRuntime(error: unknown): boolean {
  if (!(error instanceof CommandError)) return false;
  const found = error.output.split('\n').filter((line) => /^\s*\[ERROR /.test(line));
  return found.length === 1 && /\[ERROR CRI\].*DeadlineExceeded/.test(found[0] ?? '');
}
