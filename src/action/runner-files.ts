import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

type Env = Readonly<Record<string, string | undefined>>;

/** Files by which a step talks to the runner: variables of later steps, its outputs, its state for the post step, its part of the summary. */
export type RunnerFile = 'GITHUB_ENV' | 'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_STEP_SUMMARY';

/**
 * Adds name and value to one of a runner's files, as its documentation asks for: between delimiters that nobody can guess, so that no value says more than it is.
 * Outside of a runner there is no such file, and nothing is written.
 */
export function tellRunner(
  env: Env,
  file: Exclude<RunnerFile, 'GITHUB_STEP_SUMMARY'>,
  name: string,
  value: string,
): void {
  const path = env[file];
  if (path === undefined || path === '') return;
  const delimiter = `dind64-${randomUUID()}`;
  appendFileSync(path, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

export function addToSummary(env: Env, markdown: string): void {
  const path = env['GITHUB_STEP_SUMMARY'];
  if (path !== undefined && path !== '') appendFileSync(path, markdown);
}
