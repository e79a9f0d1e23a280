import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { pullPatiently } from './pull-patiently.js';

/** How long a registry may take to say anything at all, before `auto` builds instead. */
const firstAnswerMs = 10_000;

/**
 * Pulls an image if its registry answers: the image, or why there was no answer. A registry that answers with a refusal (rate limit, no such image),
 * or is lost while it sends, is an error as in any pull: building for a quarter of an hour instead would surprise.
 */
export async function tryPull(
  engine: Engine,
  reference: string,
  { signal, onLine }: { signal: AbortSignal; onLine: (line: string) => void },
): Promise<{ pulled: true } | { pulled: false; reason: string }> {
  let answered = false;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), firstAnswerMs);
  try {
    await pullPatiently(engine, reference, {
      signal: AbortSignal.any([signal, silence.signal]),
      onLine: (line) => {
        answered = true;
        clearTimeout(timer);
        onLine(line);
      },
    });
    return { pulled: true };
  } catch (error) {
    if (signal.aborted) throw error;
    if (silence.signal.aborted)
      return { pulled: false, reason: `no answer from the registry of ${reference} within ${firstAnswerMs / 1000} s` };
    if (!answered && error instanceof DindError && error.code === 'registry-unreachable')
      return { pulled: false, reason: error.observed };
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
