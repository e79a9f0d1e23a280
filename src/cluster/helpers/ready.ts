import { WaitError } from '../../errors.js';
import type { Engine } from '../../engine/types.js';
import { waitUntil } from '../../wait.js';

export interface HelperWait {
  limitMs: number;
  signal?: AbortSignal | undefined;
  onSeen?: ((seen: string) => void) | undefined;
}

export interface ReadyRequest extends HelperWait {
  /** Container with /usr/local/bin/dind64-ready. */
  container: string;
  /** Completes `waiting until ...`. */
  condition: string;
}

/**
 * Waits until a helper container serves: its own script looks from inside, so nothing has to reach it from here. A container that
 * keeps ending is seen as well, with the end of its log. Throws WaitError.
 */
export async function waitForHelper(engine: Engine, request: ReadyRequest): Promise<void> {
  const { container, condition, limitMs, signal, onSeen } = request;
  try {
    await waitUntil({ condition, limitMs, intervalMs: 100, signal, where: container, onSeen }, async (ended) =>
      look(engine, container, ended),
    );
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    const log = await engine.logs(container, 5).catch(() => '');
    throw log.trim() === ''
      ? error
      : new WaitError({
          condition,
          where: container,
          limitMs,
          lastObserved: error.observed,
          hint: `the end of its log:\n${log.trim()}`,
        });
  }
}

async function look(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<{ done: undefined } | { seen: string }> {
  const state = await engine.findContainer(container);
  if (state?.status !== 'running')
    return {
      seen:
        state === undefined
          ? 'there is no such container'
          : `the container is ${state.status}, exit code ${state.exitCode}`,
    };
  // Two seconds in the container: then its state is looked at again.
  const { exitCode, stdout, stderr } = await engine.exec(container, ['dind64-ready', '2'], { signal });
  return exitCode === 0 ? { done: undefined } : { seen: (stdout + stderr).trim() };
}
