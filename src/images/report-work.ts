import type { Reporter } from '../progress/types.js';

export interface WorkResult<T> {
  value: T;
  result: 'done' | 'unchanged';
  text?: string;
}

/** Runs one piece of work as a step that people see: started, what it observes, finished with its duration, or failed. */
export async function reportWork<T>(
  reporter: Reporter,
  { step, title, parent }: { step: string; title: string; parent?: string },
  work: (observe: (text: string) => void) => Promise<WorkResult<T>>,
): Promise<T> {
  const start = performance.now();
  const durationMs = (): number => Math.round(performance.now() - start);
  const place = { step, title, parent };
  reporter.report({ type: 'started', ...place });
  try {
    const { value, result, text } = await work((seen) => reporter.report({ type: 'observed', step, text: seen }));
    reporter.report({
      type: 'finished',
      ...place,
      durationMs: durationMs(),
      result,
      text,
    });
    return value;
  } catch (error) {
    reporter.report({
      type: 'failed',
      ...place,
      durationMs: durationMs(),
      text: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}
