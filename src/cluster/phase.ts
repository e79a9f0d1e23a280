import type { Context } from './context.js';

/** One part of a command before its list of steps begins (there is nothing to plan with yet), shown like a step. */
export async function runPhase<T>(
  context: Pick<Context, 'reporter' | 'log' | 'signal'>,
  id: string,
  title: string,
  work: () => Promise<{ value: T; text?: string | undefined }>,
): Promise<T> {
  const start = performance.now();
  context.signal.throwIfAborted();
  context.reporter.report({ type: 'started', step: id, title });
  try {
    const { value, text } = await work();
    context.reporter.report({
      type: 'finished',
      step: id,
      title,
      durationMs: Math.round(performance.now() - start),
      result: 'done',
      text,
    });
    return value;
  } catch (error) {
    context.reporter.report({
      type: 'failed',
      step: id,
      title,
      durationMs: Math.round(performance.now() - start),
      text: error instanceof Error ? error.message : String(error),
    });
    throw error;
  }
}
