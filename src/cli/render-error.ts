import { DindError } from '../errors.js';

/** Any thrown value as the error a user is shown: what is not a DindError is a bug of ours, exit code 70. */
export function toDindError(error: unknown, doing: string): DindError {
  if (error instanceof DindError) return error;
  return new DindError({
    code: 'bug',
    source: 'bug',
    doing,
    observed: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    exitCode: 70,
    cause: error,
  });
}

/** What, where, observed, hint, for people. `logFile` is named where it helps: not for what the user alone can put right. */
export function renderError(error: DindError, logFile: string | undefined): string {
  const where = error.where === undefined ? '' : ` (${error.where})`;
  return [
    `error: ${error.doing}${where}`,
    ...indent(error.observed),
    ...(error.hint === undefined ? [] : indent(`hint: ${error.hint}`)),
    ...(error.source === 'bug'
      ? ['  this is a bug in dind64, please report it', ...(logFile === undefined ? indent(stackOf(error)) : [])]
      : []),
    ...(logFile === undefined || error.source === 'user' ? [] : [`  log: ${logFile}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The same for programs: one line of JSON. */
export function renderErrorJson(error: DindError, logFile: string | undefined, now = new Date()): string {
  const { code, source, doing, where, observed, hint, exitCode } = error;
  return `${JSON.stringify({ time: now.toISOString(), type: 'error', code, source, doing, where, observed, hint, exitCode, log: logFile })}\n`;
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}

function stackOf(error: DindError): string {
  return (error.cause instanceof Error ? error.cause.stack : error.stack) ?? '';
}
