import { WaitError } from './errors.js';
import { interruptError, throwIfInterrupted } from './interrupt.js';

export interface WaitRequest {
  /** Completes `waiting until ...`: `node kubeadm-dind-worker-1 is Ready`. */
  condition: string;
  limitMs: number;
  /** Pause between the end of one try and the next. Default 250. */
  intervalMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Where it is looked at: an endpoint, a node. */
  where?: string | undefined;
  hint?: string | undefined;
  /** Told of every observation that differs from the one before. */
  onSeen?: ((seen: string) => void) | undefined;
}

/** One look: `done` ends the wait with that value, `seen` says what was there instead. Its signal ends with the wait. */
export type Probe<T> = (signal: AbortSignal) => Promise<{ done: T } | { seen: string }>;

/**
 * Looks again and again until the probe is done. Throws WaitError (exit code 3, with the last observation) when `limitMs` has passed, even while a
 * probe hangs; interruptError when `signal` is aborted; and whatever the probe throws, at once.
 */
export async function waitUntil<T>(request: WaitRequest, probe: Probe<T>): Promise<T> {
  const doing = `waiting until ${request.condition}`;
  throwIfInterrupted(request.signal, doing, request.where);
  const end = endOfWait(request);
  let lastSeen: string | undefined;
  try {
    for (;;) {
      const answer = await Promise.race([probe(end.signal), end.reached]);
      if (answer === ended) break;
      if ('done' in answer) return answer.done;
      if (answer.seen !== lastSeen) request.onSeen?.(answer.seen);
      lastSeen = answer.seen;
      if ((await end.pause(request.intervalMs ?? 250)) === ended) break;
    }
  } catch (error) {
    // A probe that uses the signal fails because of it: that is the deadline's doing, not an answer.
    if (!end.signal.aborted) throw error;
  } finally {
    end.cancel();
  }
  if (request.signal?.aborted === true) throw interruptError(request.signal, doing, request.where);
  throw new WaitError({
    condition: request.condition,
    where: request.where,
    limitMs: request.limitMs,
    lastObserved: lastSeen ?? 'nothing, the first look had not ended',
    hint: request.hint,
  });
}

/** A limit, of any unit, that is `base` with the default DIND_TIMEOUT of 5 min and more on machines that got a longer one; never less. */
export function scaleLimit(base: number, timeoutMs: number): number {
  return Math.max(base, Math.round((base * timeoutMs) / 300_000));
}

const ended = Symbol('ended');

/** The wait's end, by deadline or by the caller's signal, as a signal and as a promise. */
function endOfWait(request: WaitRequest) {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, request.limitMs);
  request.signal?.addEventListener('abort', abort, { once: true });
  const reached = new Promise<typeof ended>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve(ended), { once: true }),
  );
  const pause = async (ms: number): Promise<unknown> => {
    let pauseTimer: NodeJS.Timeout | undefined;
    const pauseOver = new Promise<void>((resolve) => {
      pauseTimer = setTimeout(resolve, ms);
    });
    try {
      return await Promise.race([pauseOver, reached]);
    } finally {
      clearTimeout(pauseTimer);
    }
  };
  const cancel = (): void => {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, reached, pause, cancel };
}
