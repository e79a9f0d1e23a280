import { DindError } from './errors.js';

/** The error for an aborted signal: the signal's own DindError if it carries one, else `interrupted` (exit code 130), or `timed-out` (3) for AbortSignal.timeout. */
export function interruptError(signal: AbortSignal, doing: string, where?: string): DindError {
  const reason: unknown = signal.reason;
  if (reason instanceof DindError) return reason;
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  return new DindError({
    code: timedOut ? 'timed-out' : 'interrupted',
    source: timedOut ? 'environment' : 'user',
    doing,
    where,
    observed: timedOut ? 'its time ran out' : 'interrupted',
    exitCode: timedOut ? 3 : 130,
    cause: reason,
  });
}

/** Throws interruptError when the signal is aborted already. */
export function throwIfInterrupted(signal: AbortSignal | undefined, doing: string, where?: string): void {
  if (signal?.aborted === true) throw interruptError(signal, doing, where);
}
