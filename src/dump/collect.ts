import { setMaxListeners } from 'node:events';
import { redact } from '../progress/redact.js';
import type { CollectedFile, MissingFile, Source } from './source.js';

/** At most this much of one file: the end of a log tells more than its beginning. */
const mostCharacters = 4_000_000;

/** Reads all sources side by side, each within `limitMs`, and takes secrets out. What cannot be read is told, and keeps nothing else from being read. */
export async function collectSources(
  sources: readonly Source[],
  limitMs: number,
  signal: AbortSignal,
): Promise<{ files: CollectedFile[]; missing: MissingFile[] }> {
  const files: CollectedFile[] = [];
  const missing: MissingFile[] = [];
  const limit = AbortSignal.timeout(limitMs);
  const linked = AbortSignal.any([signal, limit]);
  // Each file listens to it.
  setMaxListeners(0, linked, limit);
  const late = new Promise<never>((_, reject) => {
    limit.addEventListener(
      'abort',
      () => {
        reject(new Error(`not read within ${Math.round(limitMs / 1000)} s`));
      },
      { once: true },
    );
  });
  late.catch(() => undefined);
  await Promise.all(
    sources.map(async ({ path, about, read }) => {
      try {
        const content = await Promise.race([read(linked), late]);
        files.push({ path, about, content: redact(content.slice(-mostCharacters)) });
      } catch (error) {
        signal.throwIfAborted();
        missing.push({
          path,
          about,
          reason: redact((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''),
        });
      }
    }),
  );
  const byPath = (one: { path: string }, other: { path: string }): number => one.path.localeCompare(other.path);
  return { files: files.sort(byPath), missing: missing.sort(byPath) };
}
