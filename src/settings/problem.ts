import { DindError } from '../errors.js';
import { hideCredentials } from './credentials.js';

/** One thing that is wrong with the settings. */
export interface Problem {
  name: string;
  /** `environment`, `.env:LINE`, `default`. */
  source: string;
  /** Absent for names that are not settings: their values may be secrets. */
  seen?: string;
  text: string;
  allowed?: string;
  hint?: string;
}

/** All that is wrong with the settings, in one error: code `bad-settings`, exit code 2. */
export class SettingsError extends DindError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super({
      code: 'bad-settings',
      source: 'user',
      doing: 'reading the settings',
      observed: [countProblems(problems.length), ...problems.map(describe)].join('\n'),
      hint: 'nothing was touched; .env.example lists every setting',
      exitCode: 2,
    });
    this.name = 'SettingsError';
    this.problems = problems;
  }
}

function countProblems(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`;
}

function describe(problem: Problem): string {
  const seen = problem.seen === undefined ? '' : `=${hideCredentials(problem.seen)}`;
  const more = [problem.allowed === undefined ? undefined : `allowed: ${problem.allowed}`, problem.hint].filter(
    (line) => line !== undefined,
  );
  return [
    `  ${problem.name}${seen} (${problem.source}): ${hideCredentials(problem.text)}`,
    ...more.map((line) => `    ${line}`),
  ].join('\n');
}
