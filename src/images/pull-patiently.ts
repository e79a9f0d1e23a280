import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';

/** Before the second, third and fourth try. */
const pausesMs = [1000, 2000, 4000];

/**
 * Pulls an image, again where the failure may be over in a moment: a connection that was reset or ended, a TLS handshake that took too long, an error of the
 * registry's own (5xx). What was downloaded stays in the engine. No route, no name, a refusal and a rate limit are answers, and thrown at once.
 */
export async function pullPatiently(
  engine: Engine,
  reference: string,
  { signal, onLine }: { signal: AbortSignal; onLine: (line: string) => void },
): Promise<void> {
  for (const pauseMs of pausesMs) {
    try {
      await engine.pullImage(reference, { signal, onLine });
      return;
    } catch (error) {
      if (signal.aborted || !(error instanceof DindError) || !isTransient(error.observed)) throw error;
      await sleep(pauseMs, undefined, { signal });
    }
  }
  await engine.pullImage(reference, { signal, onLine });
}

/** Whether an engine's words for a pull's failure tell of what may be over in a moment. */
export function isTransient(observed: string): boolean {
  return /\bEOF\b|connection reset|TLS handshake timeout|http2: |(unexpected|http) status( code)?.*\b5\d\d\b|\b50[0234] (Internal|Bad Gateway|Service|Gateway)/i.test(
    observed,
  );
}
