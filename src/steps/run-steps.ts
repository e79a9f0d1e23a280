import { setMaxListeners } from 'node:events';
import { DindError } from '../errors.js';
import type { RemovalContext, RemovalStep, Step } from '../cluster/step.js';
import { howTo } from '../how-to.js';

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
    const before = step.after.map((id) => earlierStep(running, step.id, id));
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

/**
 * Carries out the steps of a removal: one that fails ends no other, so that as much goes as can. A step that needs one that failed is left out. Everything that went
 * wrong is thrown in one error at the end: code `removal-incomplete`, exit code 1.
 */
export async function runRemoval(steps: readonly RemovalStep[], context: RemovalContext): Promise<void> {
  const running = new Map<string, Promise<void>>();
  const failed = new Map<string, Error>();
  setMaxListeners(0, context.signal);
  for (const step of steps) {
    const before = [...step.after, ...(step.needs ?? [])].map((id) => earlierStep(running, step.id, id));
    const done = Promise.all(before).then(async () => {
      const missing = (step.needs ?? []).filter((id) => failed.has(id));
      try {
        if (missing.length > 0) throw new Error(`left out, since ${missing.join(' and ')} did not succeed`);
        await runStep(step, context);
      } catch (error) {
        failed.set(step.id, error instanceof Error ? error : new Error('a step failed', { cause: error }));
      }
    });
    running.set(step.id, done);
  }
  await Promise.all(running.values());
  context.signal.throwIfAborted();
  if (failed.size > 0) throw removalIncomplete(context, steps, failed);
}

function removalIncomplete(
  { clusterName, engine, record }: RemovalContext,
  steps: readonly RemovalStep[],
  failed: ReadonlyMap<string, Error>,
): DindError {
  const titles = new Map(steps.map(({ id, title }) => [id, title]));
  const hints = [...failed.values()].flatMap((error) =>
    error instanceof DindError && error.hint !== undefined ? [error.hint] : [],
  );
  return new DindError({
    code: 'removal-incomplete',
    source: 'environment',
    doing: `removing the cluster ${clusterName}`,
    where: engine.endpoint,
    observed: [...failed].map(([id, { message }]) => `${titles.get(id) ?? id}: ${message}`).join('\n'),
    hint: [
      ...new Set(hints),
      `everything else was removed; \`${describeRemoval(record)}\` again removes the rest`,
    ].join('\n'),
    cause: [...failed.values()][0],
  });
}

function describeRemoval(record: RemovalContext['record']): string {
  return howTo(record?.attached === undefined ? 'clean' : `detach --kind ${record.attached.cluster}`);
}

function earlierStep(running: ReadonlyMap<string, Promise<void>>, id: string, before: string): Promise<void> {
  const earlier = running.get(before);
  if (earlier === undefined) throw new Error(`step ${id} comes after ${before}, which is not listed before it`);
  return earlier;
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
