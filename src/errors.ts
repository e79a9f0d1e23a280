/** Who has to act on an error: the user, the user's machine, or us. */
export type ErrorSource = 'user' | 'environment' | 'bug';

/** Exit codes of the command line (docs/commands.md, Exit codes). */
export type ExitCode = 1 | 2 | 3 | 70 | 130;

export interface DindErrorDetails {
  /** Stable identifier in kebab-case, e.g. `engine-not-found`. */
  code: string;
  source: ErrorSource;
  /** What was being done, as a gerund phrase: `creating network kubeadm-dind-net`. */
  doing: string;
  /** Where it happened: an engine endpoint, a node, a file and line. */
  where?: string | undefined;
  /** What was seen: the shortest text that identifies the problem. */
  observed: string;
  /** What the user can do next. */
  hint?: string | undefined;
  exitCode?: ExitCode | undefined;
  cause?: unknown;
}

/** The one error class of dind64: what, where, observed, what to do. Thrown at the source, rendered once in main. */
export class DindError extends Error {
  readonly code: string;
  readonly source: ErrorSource;
  readonly doing: string;
  readonly where: string | undefined;
  readonly observed: string;
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(details: DindErrorDetails) {
    const where = details.where === undefined ? '' : ` (${details.where})`;
    super(
      `${details.doing}${where}: ${details.observed}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.name = 'DindError';
    this.code = details.code;
    this.source = details.source;
    this.doing = details.doing;
    this.where = details.where;
    this.observed = details.observed;
    this.hint = details.hint;
    this.exitCode = details.exitCode ?? 1;
  }
}

/** A command that ran and failed: carries its argv (pasteable), the container it ran in and the tail of its output. */
export class CommandError extends DindError {
  readonly argv: readonly string[];
  readonly status: number;
  readonly output: string;

  constructor(details: {
    doing: string;
    where: string;
    argv: readonly string[];
    status: number;
    output: string;
    hint?: string | undefined;
    code?: string;
  }) {
    const tail = details.output.trim().split('\n').slice(-20).join('\n');
    super({
      code: details.code ?? 'command-failed',
      source: 'environment',
      doing: details.doing,
      where: details.where,
      observed: `\`${details.argv.map(quoteArgument).join(' ')}\` ended with exit code ${details.status}${tail === '' ? '' : `\n${tail}`}`,
      hint: details.hint,
    });
    this.name = 'CommandError';
    this.argv = details.argv;
    this.status = details.status;
    this.output = details.output;
  }
}

/** A wait whose deadline passed: exit code 3, carries the condition and the last thing observed. */
export class WaitError extends DindError {
  constructor(details: {
    condition: string;
    where?: string | undefined;
    limitMs: number;
    lastObserved: string;
    hint?: string | undefined;
  }) {
    super({
      code: 'wait-timed-out',
      source: 'environment',
      doing: `waiting until ${details.condition}`,
      where: details.where,
      observed: `not so after ${Math.round(details.limitMs / 1000)} s; last seen: ${details.lastObserved}`,
      hint: details.hint ?? 'a slow machine may need more time: DIND_TIMEOUT=15m',
      exitCode: 3,
    });
    this.name = 'WaitError';
  }
}

/** An argument as a shell reads it again. */
export function quoteArgument(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
