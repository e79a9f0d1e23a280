import type { ContainerState } from './types.js';

/** A container that has been made and not started for so long belongs to a command that was killed in between. */
const startLimitMs = 10_000;

/** Looks, again and again, whether a throw-away container is nobody's any more: its owner was killed before it had started it, or the engine was before it could remove it. */
export function createStaleness(): (container: Pick<ContainerState, 'id' | 'status'>) => boolean {
  let waiting: { id: string; since: number } | undefined;
  return ({ id, status }) => {
    if (status === 'exited' || status === 'dead') return true;
    if (status !== 'created') return false;
    if (waiting?.id !== id) waiting = { id, since: performance.now() };
    return performance.now() - waiting.since > startLimitMs;
  };
}
