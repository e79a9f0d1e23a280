import { DindError } from '../errors.js';
import type { Context } from '../cluster/context.js';
import { dump } from './dump.js';

/** Does the work; where it fails in the user's surroundings, a dump is made, and the error's hint says what the logs tell and where the dump is. */
export async function withDumpOnFailure<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Interrupted: there is nothing to look for. The user's own mistakes are explained by themselves.
    if (context.signal.aborted || !(error instanceof DindError) || error.source === 'user') throw error;
    throw withHint(error, await makeDump(context, error));
  }
}

/** The failure that is being looked into must not be hidden by another. */
async function makeDump(context: Context, error: DindError): Promise<string[]> {
  try {
    const { index, causes } = await dump(context, {
      failure: `${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`,
    });
    return [...causes.map(({ seen, remedy }) => `${seen}\n${remedy}`), `logs and state of all parts: ${index}`];
  } catch (problem) {
    context.signal.throwIfAborted();
    context.log.warn({ err: problem }, 'making a dump');
    return [`no dump could be made: ${problem instanceof Error ? problem.message : String(problem)}`];
  }
}

function withHint(error: DindError, more: readonly string[]): DindError {
  const { code, source, doing, where, observed, hint, exitCode } = error;
  return new DindError({
    code,
    source,
    doing,
    observed,
    exitCode,
    hint: [...(hint === undefined ? [] : [hint]), ...more].join('\n'),
    cause: error,
    where,
  });
}
