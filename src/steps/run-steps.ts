import { setMaxListeners } from 'node:events';
import type { RemovalContext, Step } from '../cluster/step.js';

/**
 * Carries out steps, each as soon as those it comes after are done, so that all that can run side by side does. The first failure
 * aborts the others; it is thrown once all of them have ended, so that nothing goes on behind the error message.
 */
export async function runSteps<C extends RemovalContext>(steps: readonly Step<C>[], context: C): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([context.signal, failure.signal]);
  // Each step that runs and each of its commands listens.
  setMaxListeners(0, signal);
  const running = new Map<string, Promise<void>>();
  let firstError: Error | undefined;
  for (const step of steps) {
    const before = step.after.map((id) => {
      const earlier = running.get(id);
      if (earlier === undefined) throw new Error(`step ${step.id} comes after ${id}, which is not listed before it`);
      return earlier;
    });
    const done = Promise.all(before).then(() => runStep(step, { ...context, signal }));
    running.set(step.id, done);
    done.catch((error: unknown) => {
      firstError ??= error instanceof Error ? error : new Error('a step failed', { cause: error });
      failure.abort(error);
    });
  }
  await Promise.allSettled(running.values());
  context.signal.throwIfAborted();
  if (firstError !== undefined) throw firstError;
}

async function runStep<C extends RemovalContext>(step: Step<C>, context: C): Promise<void> {
  context.signal.throwIfAborted();
  const { reporter, log } = context;
  const { id, title } = step;
  const start = performance.now();
  const durationMs = (): number => Math.round(performance.now() - start);
  reporter.report({ type: 'started', step: id, title });
  try {
    const { result, text } = await step.run(context, (seen) =>
      reporter.report({ type: 'observed', step: id, text: seen }),
    );
    reporter.report({
      type: 'finished',
      step: id,
      title,
      durationMs: durationMs(),
      result,
      text,
    });
  } catch (error) {
    const text = context.signal.aborted ? 'ended' : error instanceof Error ? error.message : String(error);
    reporter.report({ type: 'failed', step: id, title, durationMs: durationMs(), text });
    log.error({ step: id, err: error, durationMs: durationMs() }, title);
    throw error;
  }
}
